import type { Code, RequestedField } from "@flowstate/contracts";
import { type Logger, measure, measureMs, SpanKind, withSpan } from "@flowstate/runtime";
import type { GenerativeModel } from "@google/generative-ai";
import { logModelFault } from "../events.ts";
import { askModel } from "./ask-model.ts";
import { classifyFault } from "./classify-fault.ts";
import type { Flaw } from "./prompt.ts";
import { type ModelAnswer, readAnswer } from "./read-answer.ts";
import type { Carried, CarriedDocument, GeminiTransport } from "./transport.ts";

export interface ModelAccess {
  readonly model: GenerativeModel;
  /** As configured; also what the audit log says. */
  readonly modelName: string;
  readonly transport: GeminiTransport;
  readonly logger: Logger;
}

/** One request: which one for its document, and what it asks for. */
export interface AttemptToExtract extends CarriedDocument {
  readonly attempt: number;
  readonly extraFields: readonly RequestedField[];
  readonly flaw: Flaw | undefined;
}

/** Asks the model once, in a span of its own. A fault or an answer without facts is one log line. */
export async function attemptExtraction(access: ModelAccess, request: AttemptToExtract): Promise<Carried<ModelAnswer>> {
  const { modelName, transport } = access;
  return await withSpan(
    "generate_content",
    {
      kind: SpanKind.CLIENT,
      attributes: {
        "gen_ai.provider.name": "gcp.gemini",
        "gen_ai.operation.name": "generate_content",
        "gen_ai.request.model": modelName,
        "flowstate.model.attempts": request.attempt,
      },
    },
    async (span) => {
      const askedAt = performance.now();
      const carried = await transport.carry(request, async () =>
        readAnswer(await askModel(access.model, request.extraFields, request.flaw), request.extraFields),
      );
      if (carried.result === "answered") {
        const { inputTokens, outputTokens, finishReason } = carried.value;
        span.set({
          "http.response.status_code": 200,
          "gen_ai.response.finish_reasons": [finishReason],
          ...(inputTokens !== undefined && { "gen_ai.usage.input_tokens": inputTokens }),
          ...(outputTokens !== undefined && { "gen_ai.usage.output_tokens": outputTokens }),
        });
      } else if (carried.fault.kind === "status") {
        span.set({ "http.response.status_code": carried.fault.status });
      }
      measureAttempt(modelName, carried, performance.now() - askedAt);
      logAttempt(access, request.attempt, carried);
      return carried;
    },
  );
}

function measureAttempt(model: string, carried: Carried<ModelAnswer>, durationMs: number): void {
  const labels = {
    "gen_ai.operation.name": "generate_content",
    "gen_ai.provider.name": "gcp.gemini",
    "gen_ai.request.model": model,
  };
  const code = carried.result === "failed" ? classifyFault(carried.fault).code : codeOf(carried.value);
  measureMs("gen_ai.client.operation.duration", durationMs, {
    ...labels,
    ...(code !== undefined && { "error.type": code }),
  });
  if (carried.result === "failed") return;
  const { inputTokens, outputTokens } = carried.value;
  for (const [type, tokens] of [
    ["input", inputTokens],
    ["output", outputTokens],
  ] as const) {
    if (tokens !== undefined) measure("gen_ai.client.token.usage", tokens, { ...labels, "gen_ai.token.type": type });
  }
}

/** Why an answer has no facts; undefined when it has. */
function codeOf({ result }: ModelAnswer): Code | undefined {
  if (result === "facts") return undefined;
  return result === "refused" ? "model_refused_document" : "model_answer_unusable";
}

function logAttempt({ logger, modelName: model }: ModelAccess, attempts: number, carried: Carried<ModelAnswer>): void {
  if (carried.result === "failed") {
    const { code, needsOperator } = classifyFault(carried.fault);
    const status = carried.fault.kind === "status" ? carried.fault.status : undefined;
    logModelFault(logger, { model, code, status, attempts, needsOperator });
    return;
  }
  const { finishReason } = carried.value;
  const code = codeOf(carried.value);
  if (code === undefined) return;
  logModelFault(logger, { model, code, finishReason, attempts, needsOperator: false });
}
