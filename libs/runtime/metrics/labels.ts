import {
  ALERT_RULE_NAMES,
  CODES,
  ERROR_CATEGORIES,
  HARDENING_MEASURES,
  sourceSchema,
  stageSchema,
} from "@flowstate/contracts";
import { type ClosedList, NO_TEXT, SLUG, type Words } from "../closed-list.ts";
import { HTTP_METHODS, ROUTES } from "../known-words.ts";

/** The values that a label can have: one of a list, or names that code or an operator chose. */
interface Label {
  readonly description: string;
  readonly values?: readonly string[];
  readonly words: Words;
}

const among = (values: readonly string[], description: string): Label => ({
  description,
  values,
  words: new Set(values),
});
const named = (words: Words, description: string): Label => ({ description, words });

/** A document's ends, as the audit log shows them. */
const ENDS = ["delivered", "refused", "invalid", "undeliverable", "deferred", "duplicate"];

/**
 * The only labels a metric can carry. Each combination of values is a series of its own for as long as a process lives, so
 * there is no label whose values senders choose, and none of a tenant but where an alert is a tenant's: who wants to know
 * of one tenant asks the audit API.
 */
export const LABELS = {
  "flowstate.source": among(sourceSchema.options, "By mail or by upload."),
  "flowstate.answer": among(
    ["accepted", "rejected", "deferred", "failed", "abandoned"],
    "2xx; 4xx; 503, the sender keeps it; 500; the sender went away before it was complete.",
  ),
  "flowstate.end": among(ENDS, "The end of a document."),
  "flowstate.code": among(
    [...Object.keys(CODES), ...Object.keys(ERROR_CATEGORIES)],
    "Why: docs/errors has a page for each.",
  ),
  "flowstate.stage": among(stageSchema.options, "Of a document's way through ingest."),
  "flowstate.peer": among(["ingest", "extractor", "erp-pusher", "model", "erp"], "Who is at the other end."),
  "flowstate.conflict": among(
    ["held_elsewhere", "settled_meanwhile", "lease_lost"],
    "Another attempt holds the document; it was finished between two looks; the broker was away for too long.",
  ),
  "flowstate.scrub.reach": among(
    ["young", "everything"],
    "How far: what died young, or everything, which takes a collection of the whole heap.",
  ),
  "flowstate.hardening.measure": among(HARDENING_MEASURES, "A measure as `/readyz` and the log name it."),
  "flowstate.alert.rule": among(ALERT_RULE_NAMES, "The rule, as docs/operations/alerts.md names it."),
  "flowstate.tenant_id": named(SLUG, "Of an alert that is about one tenant."),
  "http.request.method": named(HTTP_METHODS, "Of those that Node's parser knows."),
  "http.route": named(ROUTES, "As the code writes it, absent when there is none."),
  "http.response.status_code": named(NO_TEXT, "A number."),
  "error.type": among(Object.keys(CODES), "A code, absent when there was an answer that can be used."),
  "gen_ai.operation.name": among(["generate_content"], "What the model is asked for."),
  "gen_ai.provider.name": among(["gcp.gemini"], "Who runs the model."),
  "gen_ai.request.model": named(SLUG, "As configured."),
  "gen_ai.token.type": among(["input", "output"], "What was sent, what came back."),
} as const satisfies Readonly<Record<string, Label>>;
export type LabelName = keyof typeof LABELS;

/** What `names` let pass. */
export function wordsOf(names: readonly LabelName[]): ClosedList<string> {
  return Object.fromEntries(names.map((name) => [name, LABELS[name].words]));
}
