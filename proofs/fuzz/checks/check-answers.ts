import { ERROR_CATEGORIES, type ErrorCategory, errorBody } from "@flowstate/contracts";
import { PAGE_HEADERS } from "../../../services/audit/dashboard/page-headers.ts";
import type { Fault, Taken } from "../target.ts";
import { holdsCanary } from "./canary.ts";

/** One answer as it came over the wire. */
export interface RawAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

/** The exact bodies of failed requests, by status. */
const ERROR_BODIES = new Map<number, string>(
  errorCategories().map((category) => [ERROR_CATEGORIES[category], JSON.stringify(errorBody(category))]),
);

function errorCategories(): readonly ErrorCategory[] {
  return Object.keys(ERROR_CATEGORIES).filter((name): name is ErrorCategory => name in ERROR_CATEGORIES);
}

/** Names of headers that any answer may have. What is not here could say which software answers, or what it was sent. */
const KNOWN_HEADERS: ReadonlySet<string> = new Set([
  "allow",
  "cache-control",
  "connection",
  "content-disposition",
  "content-length",
  "content-type",
  "date",
  "etag",
  "keep-alive",
  "retry-after",
  "transfer-encoding",
  "x-accel-buffering",
  "x-content-type-options",
]);

/**
 * What is wrong with everything that a connection answered. `isFine` looks at the body of what is answered below 400; that
 * of what is answered above is always the same.
 */
export function checkAnswers(
  received: Buffer,
  answers: readonly RawAnswer[] | undefined,
  isFine: (answer: RawAnswer) => boolean,
): Fault | undefined {
  if (holdsCanary(received)) return { kind: "echo", what: "an answer holds what was sent" };
  if (answers === undefined) return { kind: "body", what: "the answer is no HTTP" };
  for (const answer of answers) {
    const { status, headers, body } = answer;
    if (status >= 500 && status !== 503) return { kind: "server_error", what: `answered ${status}` };
    // The dashboard's page has more, each with the one value it always has.
    const isKnown = ([name, value]: [string, string]) => KNOWN_HEADERS.has(name) || PAGE_HEADERS[name] === value;
    if (![...headers].every(isKnown)) return { kind: "body", what: "the answer has a header that no answer has" };
    if (status >= 400 && body.length > 0 && body.toString("latin1") !== ERROR_BODIES.get(status))
      return { kind: "body", what: `answered ${status} with another body than {"error":"<category>"}` };
    // One to HEAD has no body, and says how long it would be. Node's own answers to what is no HTTP have neither.
    if (status >= 400 && body.length === 0 && Number(headers.get("content-length") ?? 0) === 0)
      return { kind: "body", what: `answered ${status} without a body` };
    if (status < 400 && !isFine(answer))
      return { kind: "body", what: `answered ${status} with what is no answer of it` };
  }
  return undefined;
}

/** Whether nothing was answered, or only that it cannot be answered now. That may be right: then what is right is answered. */
export function isMute(answers: readonly RawAnswer[] = []): boolean {
  return answers.every(({ status }) => status === 503);
}

export function takenOf(answers: readonly RawAnswer[] = []): Taken {
  return answers.some(({ status }) => status < 400) ? "accepted" : "refused";
}
