// Real: what the model's double is told to read. Doubled: nothing.
import { sampleFacts } from "@flowstate/local/doubles/gemini-answer.ts";
import { expect, it } from "vitest";
import { Readings } from "./readings.ts";

it("reads a document each time it is asked, one only the first time, and none that nobody has taught", () => {
  const readings = new Readings();
  readings.teach("steady", { facts: sampleFacts, once: false });
  readings.teach("unsteady", { facts: sampleFacts, once: true });
  const read = { facts: sampleFacts };
  expect([readings.answer("steady"), readings.answer("steady")]).toEqual([read, read]);
  expect([readings.answer("unsteady"), readings.answer("unsteady")]).toEqual([
    read,
    { noCandidates: true, blockReason: "PROHIBITED_CONTENT" },
  ]);
  expect(readings.answer("another")).toBeUndefined();
});
