import { count, type Logger, shift } from "@flowstate/runtime";
import { logModelBreaker } from "../events.ts";
import type { DocumentToExtract, ExtractionProvider, ProviderAnswer } from "../extraction-provider.ts";
import { openModel } from "./ask-model.ts";
import { askUntilAnswered } from "./ask-until-answered.ts";
import { DEFAULT_CONCURRENCY, ModelGate } from "./model-gate.ts";
import { type Pacing, REAL_PACING } from "./pacing.ts";
import { allowsAttempt } from "./plan-repeat.ts";
import type { GeminiTransport } from "./transport.ts";

/** Kept back from the time that is left, so that the outcome still reaches the caller before its deadline. */
const ANSWER_MARGIN_MS = 1_000;

export interface GeminiOptions {
  readonly apiKey: string;
  readonly baseUrl: URL;
  /** As configured; also what the audit log says. */
  readonly model: string;
  readonly transport: GeminiTransport;
  readonly logger: Logger;
  /** Documents asked about at once. Default: `DEFAULT_CONCURRENCY`. */
  readonly concurrency?: number;
  /** Default: real time and chance. */
  readonly pacing?: Pacing;
}

export interface GeminiProvider extends ExtractionProvider {
  /** Whether this process should take one more document while it has `underWay`: not too many, and few while Gemini fails. */
  admits(underWay: number): boolean;
}

/** Reads documents with Gemini: the third party that is told, and the only one. One per process. */
export function geminiProvider(options: GeminiOptions): GeminiProvider {
  const { model: modelName, transport, logger, pacing = REAL_PACING } = options;
  const access = { model: openModel(options), modelName, transport, logger };
  const gate = new ModelGate({
    seats: options.concurrency ?? DEFAULT_CONCURRENCY,
    now: pacing.now,
    onChange: (open) => logModelBreaker(logger, modelName, open),
  });
  // Whoever watches can then tell a closed circuit from silence.
  shift("flowstate.breaker.open", { "flowstate.peer": "model" }, 0);
  count("flowstate.retries", { "flowstate.peer": "model" }, 0);
  return {
    admits: (underWay) => gate.admits(underWay),
    async extract(document: DocumentToExtract): Promise<ProviderAnswer> {
      const leftMs = () => document.remainingMs() - ANSWER_MARGIN_MS;
      if (document.signal.aborted || !allowsAttempt(leftMs())) return TOO_LATE;
      const patience = AbortSignal.any([document.signal, AbortSignal.timeout(leftMs())]);
      const admission = await gate.enter(patience);
      if (admission === "late") return TOO_LATE;
      if (admission === "busy") return { result: "deferred", code: "model_unavailable", attempts: 0 };
      using _seat = admission;
      if (!allowsAttempt(leftMs())) return TOO_LATE;
      return await askUntilAnswered({ access, pacing, document, admission, leftMs });
    },
  };
}

const TOO_LATE: ProviderAnswer = { result: "deferred", code: "deadline_exceeded" };
