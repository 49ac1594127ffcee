import type { ScriptedAnswer as ErpAnswer } from "../../../deploy/local/doubles/erp.ts";
import type { ScriptedAnswer as ModelAnswer } from "../../../deploy/local/doubles/gemini.ts";
import type { Planter } from "../canaries/canary.ts";
import { canaryFacts } from "../canaries/canary-documents.ts";
import { answered, type ExitPath } from "./exit-path.ts";
import { canaryMail, post } from "./send.ts";

/** More than any document is asked about. */
const EVERY_ATTEMPT = 6;
const DAYS_QUOTA = "429, the day's quota";
const FOREVER_MS = 600_000;

/** Faults of the model: the sender keeps the mail. */
export const DEFERRED_BY_MODEL: readonly ExitPath[] = [
  modelFault("429, come back later", "model_unavailable", (planter) => ({
    status: 429,
    retryDelay: "600s",
    message: planter.text(20),
  })),
  modelFault(DAYS_QUOTA, "model_unavailable", (planter) => ({
    status: 429,
    quotaId: "GenerateRequestsPerDayPerProjectPerModel",
    message: planter.text(20),
  })),
  modelFault("500 every time", "model_unavailable", (planter) => ({ status: 500, message: planter.text(20) })),
  modelFault("400", "model_unavailable", (planter) => ({ status: 400, message: planter.text(20) })),
  modelFault("silent before its headers", "model_unavailable", () => ({ delayHeaders: FOREVER_MS })),
  modelFault("silent before its body", "model_unavailable", (planter) => ({
    delayBody: FOREVER_MS,
    facts: canaryFacts(planter),
  })),
  modelFault("cut before the body", "model_unavailable", () => ({ drop: "before_body" })),
  modelFault("cut after the body", "model_unavailable", () => ({ drop: "after_body" })),
  modelFault("cut in the middle of its answer", "model_unavailable", (planter) => ({
    drop: "during_answer",
    facts: canaryFacts(planter),
  })),
  modelFault("redirects", "model_unavailable", (planter) => ({ redirectTo: `http://127.0.0.1:9/${planter.text()}` })),
  modelFault("too much of an answer", "model_answer_unusable", (planter) => ({ rawBody: planter.text(300_000) })),
  modelFault("no JSON", "model_answer_unusable", (planter) => ({ rawBody: planter.text(500) })),
  modelFault("facts that are none", "model_answer_unusable", (planter) => ({ facts: { total: planter.text(20) } })),
  modelFault("an answer that breaks off", "model_answer_unusable", (planter) => ({
    finishReason: "MAX_TOKENS",
    facts: canaryFacts(planter),
    cutAt: 900,
  })),
];

/** Faults of the ERP: the sender keeps the mail. */
export const DEFERRED_BY_ERP: readonly ExitPath[] = [
  erpFault("500 every time", (planter) => ({ status: 500, body: planter.text(40) })),
  erpFault("503 every time", (planter) => ({ status: 503, body: planter.text(40) })),
  erpFault("429, come back later", (planter) => ({
    status: 429,
    headers: { "retry-after": "600" },
    body: planter.text(40),
  })),
  erpFault("silent before its headers", () => ({ delayHeaders: FOREVER_MS })),
  erpFault("cut before the body", () => ({ drop: "before_body" })),
  erpFault("cut after the body", () => ({ drop: "after_body" })),
  erpFault("speaks no HTTP", (planter) => ({ raw: planter.text(40) })),
];

function modelFault(name: string, code: string, fault: (planter: Planter) => ModelAnswer): ExitPath {
  return answered(
    `deferred by the model: ${name}`,
    503,
    code,
    async (bench, planter) => {
      bench.gemini.script(...Array.from({ length: EVERY_ATTEMPT }, () => fault(planter)));
      return await post(canaryMail(bench, planter));
    },
    async (bench, planter) => {
      bench.gemini.behave();
      // Only a new process asks again before the day's quota is back.
      if (name === DAYS_QUOTA) await bench.restart("extractor");
      // Five documents in a row that it fails, and the model would be left alone.
      else await post(canaryMail(bench, planter));
    },
  );
}

function erpFault(name: string, fault: (planter: Planter) => ErpAnswer): ExitPath {
  return answered(
    `deferred by the ERP: ${name}`,
    503,
    "erp_unavailable",
    async (bench, planter) => {
      bench.stack.erp.scriptAlways(fault(planter));
      return await post(canaryMail(bench, planter));
    },
    // Eight faults in a row, and the ERP would be left alone.
    async (bench, planter) => {
      bench.stack.erp.behave();
      await post(canaryMail(bench, planter));
    },
  );
}
