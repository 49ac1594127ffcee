import { expect, it } from "vitest";
import { minimise } from "./minimise.ts";

const input = Buffer.from("a long story, in which the word bug is said once, and much else");
const MANY = 1_000;

it("leaves of an input what makes the difference", async () => {
  const least = await minimise(input, async (shorter) => shorter.includes("bug"), MANY);
  expect(least.toString()).toBe("bug");
});

it("asks no more often than it may", async () => {
  let questions = 0;
  const least = await minimise(
    input,
    async () => {
      questions += 1;
      return false;
    },
    10,
  );
  expect([questions, least]).toEqual([10, input]);
});
