import type { PushOutcome } from "@flowstate/contracts";
import { classifyAnswer } from "../classify-answer.ts";
import { explainFault } from "./explain-fault.ts";
import type { PingEnd } from "./ping-erp.ts";

/** What a ping's end means, in sentences, and whether documents would be delivered. */
export interface PingExplanation {
  readonly delivers: boolean;
  readonly sentences: readonly string[];
}

/** Says what the ERP did, and what Flowstate would do with a document if the ERP did the same. */
export function explainPing(url: URL, { answer, durationMs }: PingEnd): PingExplanation {
  const outcome = classifyAnswer(answer, 1);
  const said =
    answer.kind === "answered"
      ? [`The ERP answered ${answer.status} after ${durationMs} ms.`, ...explainStatus(answer.status)]
      : [...explainFault(url, answer.cause), `This took ${durationMs} ms.`];
  return { delivers: outcome.result === "delivered", sentences: [...said, consequenceOf(outcome)] };
}

function explainStatus(status: number): readonly string[] {
  if (status >= 300 && status < 400) return ["Redirects are not followed: give the URL that it leads to."];
  const sentence = STATUS_SENTENCES[status];
  return sentence === undefined ? [] : [sentence];
}

const STATUS_SENTENCES: Readonly<Record<number, string>> = {
  400: "If it expects a document's payload, let it take the type flowstate.ping as well.",
  401: "It does not accept the signature (compare the secret, and the clocks) or the bearer token.",
  403: "It does not let this caller in: a firewall before it, the bearer token, or the client certificate.",
  404: "Nothing is at this path: compare the URL.",
  405: "Nothing takes a POST at this path: compare the URL.",
  410: "It says that this endpoint is gone for good: compare the URL.",
  413: "Something before it does not let a body through, and a ping is as small as one can be.",
  415: "It does not take application/json.",
  422: "If it expects a document's payload, let it take the type flowstate.ping as well.",
  429: "It wants fewer requests.",
};

function consequenceOf(outcome: PushOutcome): string {
  switch (outcome.result) {
    case "delivered":
      return "A document would be delivered. Whether the signature was verified, only the ERP can tell.";
    case "deferred":
      return `A document would be deferred (${outcome.code}): its sender keeps it and sends it again, for up to 72 hours.`;
    case "undeliverable":
      return `A document would be given up as undeliverable (${outcome.code}): docs/errors/${outcome.code}.md.`;
    default:
      return outcome satisfies never;
  }
}
