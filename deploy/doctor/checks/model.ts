import { request } from "undici";
import { z } from "zod";
import { INSTRUCTIONS, question } from "../../../services/extractor/gemini/prompt.ts";
import { responseSchema } from "../../../services/extractor/gemini/response-schema.ts";
import { blankPdf } from "../blank-pdf.ts";
import type { Check } from "../check.ts";
import { clockFinding } from "../compare-clocks.ts";
import { codeOf } from "../connection-fault.ts";
import type { Settings } from "../deployment.ts";
import { found, foundOrGood, type Result, unchecked } from "../result.ts";

/** Enough of an answer to know that there is one. */
const MAX_OUTPUT_TOKENS = 1;
/** Statuses that pass by themselves. */
const PASSING: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);

/**
 * Whether the model takes what extractor asks: one request as it makes them, about an empty page, with `store: false` and one
 * token of answer. Of an error's body only what it names is read, and nothing of it is printed.
 */
export const modelCheck: Check = {
  name: "model",
  async run({ deployment: { settings }, surroundings: { patienceMs, now } }) {
    const { extractor } = settings;
    if (extractor === undefined)
      return [unchecked("the model: give the doctor the part extractor, with usable settings")];
    const { GEMINI_API_KEY: key, GEMINI_MODEL: model } = extractor;
    if (key === undefined) {
      return [unchecked("the model: GEMINI_API_KEY is not set, so only documents with e-invoice data are read")];
    }
    try {
      const { statusCode, headers, body } = await request(urlOf(extractor), {
        method: "POST",
        headers: { "content-type": "application/json", "x-goog-api-key": key },
        body: requestBody(),
        signal: AbortSignal.timeout(patienceMs),
      });
      const answer = await body.text();
      const results = [...about(statusCode, answer, model), ...clockFinding("the model", headers["date"], now())];
      return foundOrGood(results, `${model} answers, and takes store:false`);
    } catch (error) {
      return [
        found("model.unreachable", `${extractor.GEMINI_BASE_URL.host} did not answer (${codeOf(error) || "timeout"})`),
      ];
    }
  },
};

function urlOf({ GEMINI_BASE_URL, GEMINI_MODEL }: NonNullable<Settings["extractor"]>): URL {
  return new URL(`v1beta/models/${GEMINI_MODEL}:generateContent`, `${GEMINI_BASE_URL.href.replace(/\/+$/, "")}/`);
}

function requestBody(): string {
  const data = blankPdf().toString("base64");
  return JSON.stringify({
    contents: [
      {
        role: "user",
        parts: [{ inlineData: { mimeType: "application/pdf", data } }, { text: question([], undefined) }],
      },
    ],
    systemInstruction: { role: "system", parts: [{ text: INSTRUCTIONS }] },
    generationConfig: {
      maxOutputTokens: MAX_OUTPUT_TOKENS,
      responseMimeType: "application/json",
      responseJsonSchema: responseSchema([]),
    },
    store: false,
  });
}

function about(status: number, answer: string, model: string): readonly Result[] {
  if (status >= 200 && status < 300) return [];
  if (status === 401 || status === 403 || (status === 400 && hasReason(answer, "API_KEY_INVALID"))) {
    return [found("model.key_refused", `${model}: GEMINI_API_KEY is not accepted (status ${status})`)];
  }
  if (status === 404) return [found("model.unknown", `${model} is not known there`)];
  if (status === 400 && /\bstore\b/.test(messageOf(answer))) {
    return [found("model.store_refused", `${model}: store:false is not accepted`)];
  }
  return PASSING.has(status)
    ? [found("model.busy", `${model} answers with status ${status}`)]
    : [found("model.refused", `${model} refuses the request (status ${status})`)];
}

const errorSchema = z.object({
  error: z.object({
    message: z.string().catch(""),
    details: z.array(z.object({ reason: z.string().optional() }).catch({})).catch([]),
  }),
});

function hasReason(answer: string, reason: string): boolean {
  return errorOf(answer)?.details.some((detail) => detail.reason === reason) ?? false;
}

function messageOf(answer: string): string {
  return errorOf(answer)?.message ?? "";
}

function errorOf(answer: string): z.output<typeof errorSchema>["error"] | undefined {
  try {
    return errorSchema.safeParse(JSON.parse(answer)).data?.error;
  } catch {
    return undefined;
  }
}
