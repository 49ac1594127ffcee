import type { RequestedField } from "@flowstate/contracts";
import {
  type GenerateContentRequest,
  type GenerationConfig,
  type GenerativeModel,
  GoogleGenerativeAI,
} from "@google/generative-ai";
import { type Flaw, INSTRUCTIONS, question } from "./prompt.ts";
import { responseSchema } from "./response-schema.ts";
import { DOCUMENT_PLACEHOLDER } from "./splice-document.ts";

/** Fields that the API knows and the SDK's types do not; the SDK passes them through. */
type Request = GenerateContentRequest & {
  /** Without it Google stores the call (ai.google.dev, "Data logging"). */
  readonly store: false;
  readonly generationConfig: GenerationConfig & { readonly responseJsonSchema: object };
};

export function openModel(options: { apiKey: string; baseUrl: URL; model: string }): GenerativeModel {
  return new GoogleGenerativeAI(options.apiKey).getGenerativeModel(
    { model: options.model, systemInstruction: INSTRUCTIONS },
    { baseUrl: options.baseUrl.href.replace(/\/+$/, "") },
  );
}

/**
 * Asks for the facts of the document that the transport carries, once more if an earlier answer had a `flaw`. Resolves with
 * the answer as it was sent.
 */
export async function askModel(
  model: GenerativeModel,
  extraFields: readonly RequestedField[],
  flaw: Flaw | undefined,
): Promise<unknown> {
  const request: Request = {
    contents: [
      {
        role: "user",
        parts: [
          { inlineData: { mimeType: "application/pdf", data: DOCUMENT_PLACEHOLDER } },
          { text: question(extraFields, flaw) },
        ],
      },
    ],
    generationConfig: {
      temperature: 0,
      candidateCount: 1,
      responseMimeType: "application/json",
      responseJsonSchema: responseSchema(extraFields),
    },
    store: false,
  };
  return (await model.generateContent(request)).response;
}
