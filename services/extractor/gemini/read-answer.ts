import type { Facts, RequestedField } from "@flowstate/contracts";
import { z } from "zod";
import { parseModelExtraction } from "./model-extraction.ts";
import type { Flaw } from "./prompt.ts";

/** The parts of a generateContent answer that are read. Everything else the model or the service says is left alone. */
const answerSchema = z.object({
  candidates: z
    .array(
      z.object({
        finishReason: z.string().optional(),
        content: z
          .object({
            parts: z.array(z.object({ text: z.string().optional(), thought: z.boolean().optional() })).optional(),
          })
          .optional(),
      }),
    )
    .optional(),
  promptFeedback: z.object({ blockReason: z.string().optional() }).optional(),
  usageMetadata: z
    .object({
      promptTokenCount: z.int().nonnegative().optional(),
      candidatesTokenCount: z.int().nonnegative().optional(),
      thoughtsTokenCount: z.int().nonnegative().optional(),
    })
    .optional(),
});

/** Finish reasons that say: this document, never. Asking again would be answered the same. */
const REFUSALS: ReadonlySet<string> = new Set([
  "SAFETY",
  "RECITATION",
  "LANGUAGE",
  "BLOCKLIST",
  "PROHIBITED_CONTENT",
  "SPII",
  "IMAGE_SAFETY",
]);
/** The other reasons that the API documents. A reason of neither list is reported as `unknown`, never as it was sent. */
const OTHER_REASONS: ReadonlySet<string> = new Set(["STOP", "MAX_TOKENS", "OTHER", "MALFORMED_FUNCTION_CALL"]);

export interface TokenUse {
  readonly inputTokens: number | undefined;
  /** Thinking included: it is paid for as output. */
  readonly outputTokens: number | undefined;
}

export type ModelAnswer = TokenUse & { readonly finishReason: string } & (
    | { readonly result: "facts"; readonly facts: Facts }
    | { readonly result: "refused" }
    | { readonly result: "unusable"; readonly flaw: Flaw }
  );

/**
 * What an answer to generateContent amounts to. Only `STOP` is success: the SDK's own `text()` also returns what a
 * truncated answer holds, and mixes the model's thoughts into it.
 */
export function readAnswer(answer: unknown, extraFields: readonly RequestedField[]): ModelAnswer {
  const parsed = answerSchema.safeParse(answer);
  if (!parsed.success) return { ...NO_TOKENS, result: "unusable", flaw: { kind: "empty" }, finishReason: "unknown" };
  const { candidates, promptFeedback, usageMetadata } = parsed.data;
  const tokens: TokenUse = { inputTokens: usageMetadata?.promptTokenCount, outputTokens: outputTokens(usageMetadata) };
  const candidate = candidates?.[0];
  if (candidate === undefined && promptFeedback?.blockReason !== undefined) {
    return { ...tokens, result: "refused", finishReason: "prompt_blocked" };
  }
  const finishReason = knownReason(candidate?.finishReason);
  if (REFUSALS.has(finishReason)) return { ...tokens, result: "refused", finishReason };
  const said = (candidate?.content?.parts ?? []).filter((part) => part.thought !== true);
  const text = finishReason === "STOP" ? said.map((part) => part.text ?? "").join("") : "";
  return { ...tokens, ...readText(text, finishReason, extraFields), finishReason };
}

const NO_TOKENS: TokenUse = { inputTokens: undefined, outputTokens: undefined };

type ReadText =
  | { readonly result: "facts"; readonly facts: Facts }
  | { readonly result: "unusable"; readonly flaw: Flaw };

function readText(text: string, finishReason: string, extraFields: readonly RequestedField[]): ReadText {
  if (finishReason === "MAX_TOKENS") return { result: "unusable", flaw: { kind: "too_long" } };
  if (text.trim() === "") return { result: "unusable", flaw: { kind: "empty" } };
  const parsed = parseModelExtraction(text, extraFields);
  switch (parsed.result) {
    case "facts":
      return parsed;
    case "not_json":
      return { result: "unusable", flaw: { kind: "not_json" } };
    case "breaks_schema":
      return { result: "unusable", flaw: { kind: "breaks_schema", rules: parsed.rules } };
    default: {
      const unknown: never = parsed;
      throw new Error(`unknown reading ${Object.keys(unknown).join()}`);
    }
  }
}

function knownReason(reason: string | undefined): string {
  if (reason === undefined) return "none";
  return REFUSALS.has(reason) || OTHER_REASONS.has(reason) ? reason : "unknown";
}

function outputTokens(usage: z.infer<typeof answerSchema>["usageMetadata"]): number | undefined {
  if (usage?.candidatesTokenCount === undefined) return undefined;
  return usage.candidatesTokenCount + (usage.thoughtsTokenCount ?? 0);
}
