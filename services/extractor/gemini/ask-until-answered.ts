import { type ActiveSpan, count, withSpan } from "@flowstate/runtime";
import type { DocumentToExtract, ModelUse, ProviderAnswer } from "../extraction-provider.ts";
import { attemptExtraction, type ModelAccess } from "./attempt-extraction.ts";
import { classifyFault } from "./classify-fault.ts";
import type { Admission } from "./model-gate.ts";
import type { Pacing } from "./pacing.ts";
import { attemptLimitMs, planRepair, planRepeat } from "./plan-repeat.ts";
import type { Flaw } from "./prompt.ts";
import type { ModelAnswer } from "./read-answer.ts";
import type { Carried, TransportFault } from "./transport.ts";

/** A document at the model, and until when. */
interface Asking {
  readonly access: ModelAccess;
  readonly pacing: Pacing;
  readonly document: DocumentToExtract;
  readonly admission: Admission;
  /** Milliseconds until the answer must be on its way back. */
  leftMs(): number;
}

/**
 * Asks the model about a document until it has its facts, a refusal, or no use in asking again: faults that pass are
 * repeated, an answer that cannot be used is asked for once more, all of it inside the deadline.
 */
export async function askUntilAnswered(asking: Asking): Promise<ProviderAnswer> {
  const { access, document, admission, leftMs } = asking;
  const { content, signal, policy } = document;
  return await withSpan("ask model", { attributes: { "gen_ai.request.model": access.modelName } }, async (span) => {
    let use: ModelUse = { name: access.modelName, attempts: 0, inputTokens: undefined, outputTokens: undefined };
    let flaw: Flaw | undefined;
    for (;;) {
      const timeoutMs = attemptLimitMs({ attempts: use.attempts, leftMs: leftMs() });
      const attempt = use.attempts + 1;
      if (attempt > 1) count("flowstate.retries", { "flowstate.peer": "model" });
      const request = { content, signal, timeoutMs, attempt, extraFields: policy.extra_fields, flaw };
      const carried = await attemptExtraction(access, request);
      use = counted(use, carried);
      describe(span, use, carried);
      if (carried.result === "failed") {
        const end = await pauseOrEnd(asking, carried.fault, attempt);
        if (end !== undefined) return end;
        continue;
      }
      admission.conclude("answering");
      const answer = carried.value;
      if (answer.result === "facts")
        return { result: "extracted", provider: "gemini", facts: answer.facts, model: use };
      if (answer.result === "refused") return { result: "refused", code: "model_refused_document" };
      const plan = planRepair({ attempts: attempt, leftMs: leftMs() }, flaw !== undefined);
      if (plan.next === "give_up") return { result: "deferred", code: "model_answer_unusable", attempts: attempt };
      flaw = answer.flaw;
    }
  });
}

/** Waits until a failed request is worth repeating; otherwise the end that it means for the document. */
async function pauseOrEnd(
  asking: Asking,
  fault: TransportFault,
  attempts: number,
): Promise<ProviderAnswer | undefined> {
  const { pacing, document, admission, leftMs } = asking;
  const { code, passing, model } = classifyFault(fault);
  const plan = planRepeat(fault, passing, { attempts, leftMs: leftMs() }, pacing.random);
  if (plan.next === "ask" && admission.mayRepeat()) {
    await pacing.sleep(plan.afterMs, document.signal);
    if (document.signal.aborted) return { result: "deferred", code: "deadline_exceeded", attempts };
    if (admission.mayRepeat()) return undefined;
  }
  admission.conclude(model);
  return { result: "deferred", code, attempts };
}

/** Every request is paid for: tokens of all of them, as far as they are known. */
function counted(use: ModelUse, carried: Carried<ModelAnswer>): ModelUse {
  const attempts = use.attempts + 1;
  if (carried.result === "failed") return { ...use, attempts };
  const { inputTokens, outputTokens } = carried.value;
  return {
    ...use,
    attempts,
    inputTokens: sum(use.inputTokens, inputTokens),
    outputTokens: sum(use.outputTokens, outputTokens),
  };
}

function sum(known: number | undefined, added: number | undefined): number | undefined {
  return added === undefined ? known : (known ?? 0) + added;
}

function describe(span: ActiveSpan, use: ModelUse, carried: Carried<ModelAnswer>): void {
  span.set({
    "flowstate.model.attempts": use.attempts,
    ...(carried.result === "answered" && { "gen_ai.response.finish_reasons": [carried.value.finishReason] }),
    ...(use.inputTokens !== undefined && { "gen_ai.usage.input_tokens": use.inputTokens }),
    ...(use.outputTokens !== undefined && { "gen_ai.usage.output_tokens": use.outputTokens }),
  });
}
