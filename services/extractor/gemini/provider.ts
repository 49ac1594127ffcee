import { GhostBytes } from "@flowstate/ghost";
import { type ActiveSpan, type Logger, SpanKind, withSpan } from "@flowstate/runtime";
import { logModelFault } from "../events.ts";
import type { DocumentToExtract, ExtractionProvider, ProviderAnswer } from "../extraction-provider.ts";
import { finishExtraction } from "../finish-extraction.ts";
import { askModel, openModel } from "./ask-model.ts";
import { classifyFault } from "./classify-fault.ts";
import { type ModelAnswer, readAnswer } from "./read-answer.ts";
import type { Carried, GeminiTransport } from "./transport.ts";

/** Kept back from the time that is left, so that the outcome still reaches the caller before its deadline. */
const ANSWER_MARGIN_MS = 1_000;

export interface GeminiOptions {
  readonly apiKey: string;
  readonly baseUrl: URL;
  /** As configured; also what the audit log says. */
  readonly model: string;
  readonly transport: GeminiTransport;
  readonly logger: Logger;
}

/** Reads documents with Gemini: the third party that is told, and the only one. */
export function geminiProvider(options: GeminiOptions): ExtractionProvider {
  const model = openModel(options);
  return {
    async extract(document: DocumentToExtract): Promise<ProviderAnswer> {
      const timeoutMs = document.remainingMs() - ANSWER_MARGIN_MS;
      if (document.signal.aborted || timeoutMs <= 0) return { result: "deferred", code: "deadline_exceeded" };
      // One attempt. Repeating, repairing and circuit breaking would stand here, around it.
      return await withSpan(
        `generate_content ${options.model}`,
        {
          kind: SpanKind.CLIENT,
          attributes: {
            "gen_ai.provider.name": "gcp.gemini",
            "gen_ai.operation.name": "generate_content",
            "gen_ai.request.model": options.model,
          },
        },
        async (span) => {
          const { content, signal } = document;
          const carried = await options.transport.carry({ content, signal, timeoutMs }, async () =>
            readAnswer(await askModel(model)),
          );
          return concludeAttempt(carried, options, span);
        },
      );
    },
  };
}

function concludeAttempt(carried: Carried<ModelAnswer>, options: GeminiOptions, span: ActiveSpan): ProviderAnswer {
  if (carried.result === "failed") {
    const { fault } = carried;
    const { code, needsOperator } = classifyFault(fault);
    const status = fault.kind === "status" ? fault.status : undefined;
    if (status !== undefined) span.set({ "http.response.status_code": status });
    logModelFault(options.logger, { model: options.model, code, status, needsOperator });
    return { result: "deferred", code, attempts: 1 };
  }
  const answer = carried.value;
  span.set({
    "http.response.status_code": 200,
    ...(answer.inputTokens !== undefined && { "gen_ai.usage.input_tokens": answer.inputTokens }),
    ...(answer.outputTokens !== undefined && { "gen_ai.usage.output_tokens": answer.outputTokens }),
  });
  if (answer.result === "extraction") {
    const { json, validation } = finishExtraction(answer.extraction);
    const { inputTokens, outputTokens } = answer;
    return {
      result: "extracted",
      provider: "gemini",
      extraction: GhostBytes.taking(json),
      validation,
      model: { name: options.model, attempts: 1, inputTokens, outputTokens },
    };
  }
  const { finishReason } = answer;
  const refused = answer.result === "refused";
  const code = refused ? "model_refused_document" : "model_answer_unusable";
  logModelFault(options.logger, { model: options.model, code, finishReason, needsOperator: false });
  return code === "model_refused_document" ? { result: "refused", code } : { result: "deferred", code, attempts: 1 };
}
