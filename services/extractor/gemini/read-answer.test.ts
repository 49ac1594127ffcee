import { asModelSays, sampleFacts, successBody } from "@flowstate/local/doubles/gemini-answer.ts";
import { describe, expect, it } from "vitest";
import { readAnswer } from "./read-answer.ts";

// Real: the reading. The answers are those that the Gemini double sends.

const facts = sampleFacts;

describe("readAnswer", () => {
  it("joins the parts of a finished answer and counts the tokens, thoughts included", () => {
    expect(readAnswer(successBody({ facts }), [])).toEqual({
      result: "facts",
      facts,
      finishReason: "STOP",
      inputTokens: 1_290,
      outputTokens: 508,
    });
  });

  it("leaves the model's thoughts out", () => {
    const parts = [
      { text: '{"document_type": maybe an order?', thought: true },
      { text: JSON.stringify(asModelSays(facts)) },
      { text: "done", thought: true },
    ];
    expect(readAnswer(successBody({ parts }), [])).toMatchObject({ result: "facts", facts });
  });

  it("finds the fields that the tenant asked for", () => {
    const extra = [{ name: "cost_centre", value: "4711" }];
    const asked = [{ name: "cost_centre", type: "text", description: "The cost centre." }] as const;
    expect(readAnswer(successBody({ facts: { ...facts, extra } }), asked)).toMatchObject({ facts: { extra } });
  });

  it.each(["SAFETY", "RECITATION", "LANGUAGE", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "IMAGE_SAFETY"])(
    "takes %s for a refusal, whatever text comes with it",
    (finishReason) => {
      expect(readAnswer(successBody({ facts, finishReason }), [])).toMatchObject({ result: "refused", finishReason });
    },
  );

  it("takes a blocked prompt for a refusal", () => {
    const answer = successBody({ noCandidates: true, blockReason: "PROHIBITED_CONTENT" });
    expect(readAnswer(answer, [])).toMatchObject({ result: "refused", finishReason: "prompt_blocked" });
  });

  it.each([
    ["MAX_TOKENS", "too_long"],
    ["OTHER", "empty"],
    ["MALFORMED_FUNCTION_CALL", "empty"],
  ])("cannot use an answer that ended by %s, although its JSON is whole", (finishReason, kind) => {
    expect(readAnswer(successBody({ facts, finishReason }), [])).toMatchObject({
      result: "unusable",
      finishReason,
      flaw: { kind },
    });
  });

  it("repeats no reason that it does not know", () => {
    const answer = successBody({ facts, finishReason: "Invoice INV-20931 is odd" });
    expect(readAnswer(answer, [])).toMatchObject({ result: "unusable", finishReason: "unknown" });
  });

  it("does not take a missing reason for success", () => {
    const { candidates } = Object(successBody({ facts }));
    const answer = { candidates: [{ content: candidates[0].content }] };
    expect(readAnswer(answer, [])).toMatchObject({ result: "unusable", finishReason: "none" });
  });

  it.each<[string, unknown, string]>([
    ["no candidate", successBody({ noCandidates: true }), "empty"],
    ["an empty list of candidates", { candidates: [] }, "empty"],
    ["an empty object", {}, "empty"],
    ["no content", { candidates: [{ finishReason: "STOP" }] }, "empty"],
    ["nothing but thoughts", successBody({ parts: [{ text: "{}", thought: true }] }), "empty"],
    ["something else", "hello", "empty"],
    ["nothing", undefined, "empty"],
    ["candidates of another shape", { candidates: "x" }, "empty"],
    ["JSON that is cut off", successBody({ facts, cutAt: 100 }), "not_json"],
    ["JSON of another shape", successBody({ facts: { hello: "world" } }), "breaks_schema"],
  ])("cannot use %s, and says what is wrong with it", (_what, answer, kind) => {
    expect(readAnswer(answer, [])).toMatchObject({ result: "unusable", flaw: { kind } });
  });
});
