import { sampleExtraction, successBody } from "@flowstate/local/doubles/gemini-answer.ts";
import { describe, expect, it } from "vitest";
import { readAnswer } from "./read-answer.ts";

// Real: the reading. The answers are those that the Gemini double sends.

const extraction = sampleExtraction;

describe("readAnswer", () => {
  it("joins the parts of a finished answer and counts the tokens, thoughts included", () => {
    expect(readAnswer(successBody({ extraction }))).toEqual({
      result: "extraction",
      extraction,
      finishReason: "STOP",
      inputTokens: 1_290,
      outputTokens: 508,
    });
  });

  it("leaves the model's thoughts out", () => {
    const { schema_version: _version, ...answered } = extraction;
    const parts = [
      { text: '{"document_type": maybe an order?', thought: true },
      { text: JSON.stringify(answered) },
      { text: "done", thought: true },
    ];
    expect(readAnswer(successBody({ parts }))).toMatchObject({ result: "extraction", extraction });
  });

  it.each(["SAFETY", "RECITATION", "LANGUAGE", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII"])(
    "takes %s for a refusal, whatever text comes with it",
    (finishReason) => {
      expect(readAnswer(successBody({ extraction, finishReason }))).toMatchObject({ result: "refused", finishReason });
    },
  );

  it("takes a blocked prompt for a refusal", () => {
    const answer = successBody({ noCandidates: true, blockReason: "PROHIBITED_CONTENT" });
    expect(readAnswer(answer)).toMatchObject({ result: "refused", finishReason: "prompt_blocked" });
  });

  it.each(["MAX_TOKENS", "OTHER", "MALFORMED_FUNCTION_CALL"])(
    "cannot use an answer that ended by %s",
    (finishReason) => {
      expect(readAnswer(successBody({ extraction, finishReason }))).toMatchObject({ result: "unusable", finishReason });
    },
  );

  it("repeats no reason that it does not know", () => {
    const answer = successBody({ extraction, finishReason: "Invoice INV-20931 is odd" });
    expect(readAnswer(answer)).toMatchObject({ result: "unusable", finishReason: "unknown" });
  });

  it("does not take a missing reason for success", () => {
    const { candidates } = Object(successBody({ extraction }));
    const answer = { candidates: [{ content: candidates[0].content }] };
    expect(readAnswer(answer)).toMatchObject({ result: "unusable", finishReason: "none" });
  });

  it.each([
    ["no candidate", successBody({ noCandidates: true })],
    ["an empty object", {}],
    ["no content", { candidates: [{ finishReason: "STOP" }] }],
    ["something else", "hello"],
    ["nothing", undefined],
    ["candidates of another shape", { candidates: "x" }],
    ["JSON that is cut off", successBody({ extraction, cutAt: 100 })],
    ["JSON of another shape", successBody({ extraction: { hello: "world" } })],
  ])("cannot use %s", (_what, answer) => {
    expect(readAnswer(answer)).toMatchObject({ result: "unusable" });
  });
});
