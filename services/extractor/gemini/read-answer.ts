import type { Extraction } from "@flowstate/contracts";
import { z } from "zod";
import { parseModelExtraction } from "./model-extraction.ts";

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
    | { readonly result: "extraction"; readonly extraction: Extraction }
    | { readonly result: "refused" }
    | { readonly result: "unusable" }
  );

/**
 * What an answer to generateContent amounts to. Only `STOP` is success: the SDK's own `text()` also returns what a
 * truncated answer holds, and mixes the model's thoughts into it.
 */
export function readAnswer(answer: unknown): ModelAnswer {
  const parsed = answerSchema.safeParse(answer);
  if (!parsed.success) {
    return { result: "unusable", finishReason: "unknown", inputTokens: undefined, outputTokens: undefined };
  }
  const { candidates, promptFeedback, usageMetadata } = parsed.data;
  const tokens: TokenUse = { inputTokens: usageMetadata?.promptTokenCount, outputTokens: outputTokens(usageMetadata) };
  const candidate = candidates?.[0];
  if (candidate === undefined) {
    const blocked = promptFeedback?.blockReason !== undefined;
    return { ...tokens, result: blocked ? "refused" : "unusable", finishReason: blocked ? "prompt_blocked" : "none" };
  }
  const finishReason = knownReason(candidate.finishReason);
  if (REFUSALS.has(finishReason)) return { ...tokens, result: "refused", finishReason };
  if (finishReason !== "STOP") return { ...tokens, result: "unusable", finishReason };
  const said = (candidate.content?.parts ?? []).filter((part) => part.thought !== true);
  const extraction = parseModelExtraction(said.map((part) => part.text ?? "").join(""));
  if (extraction === undefined) return { ...tokens, result: "unusable", finishReason };
  return { ...tokens, result: "extraction", extraction, finishReason };
}

function knownReason(reason: string | undefined): string {
  if (reason === undefined) return "none";
  return REFUSALS.has(reason) || OTHER_REASONS.has(reason) ? reason : "unknown";
}

function outputTokens(usage: z.infer<typeof answerSchema>["usageMetadata"]): number | undefined {
  if (usage?.candidatesTokenCount === undefined) return undefined;
  return usage.candidatesTokenCount + (usage.thoughtsTokenCount ?? 0);
}
