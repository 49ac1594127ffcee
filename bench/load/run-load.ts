import { Agent, request } from "node:http";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import type { Side } from "../sides/side.ts";
import type { MailBody } from "./mail-body.ts";

export interface Load {
  readonly concurrency: number;
  /** No lane stops before. */
  readonly leastMs: number;
  /** So many mails each lane sends at least. */
  readonly mailsPerLane: number;
}

export interface LoadResult {
  readonly mails: number;
  /**
   * From the first byte to the answer 200, whatever was answered before: milliseconds, one for each mail but the first of each
   * lane. Those open connections, and come all at once: the last of them has as many before it as any other mail, the first none.
   */
  readonly latenciesMs: readonly number[];
  /** From the first mail to the last answer, milliseconds. */
  readonly durationMs: number;
  /** How many answers 503 there were, after which a mail was sent again. */
  readonly busyAnswers: number;
}

/** A sender that has been told so often to come again gives up: the load is not one that this side can take. */
const MAX_TRIES = 200;
/** SendGrid waits for minutes; the load waits at most so long, whatever Retry-After says. */
const RETRY_PAUSE_MS = 250;

/** Ids of mails are never used twice, or a ledger would know them. */
let sent = 0;

/** Sends mails in as many lanes, each its next when its last is answered 200. Throws on any answer but 200 and 503. */
export async function runLoad(
  side: Pick<Side, "name" | "url" | "apiKey">,
  body: MailBody,
  { concurrency, leastMs, mailsPerLane }: Load,
): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
  const latenciesMs: number[] = [];
  let mails = 0;
  let busyAnswers = 0;
  const startedAt = performance.now();
  const lane = async () => {
    for (let turn = 1; turn <= mailsPerLane || performance.now() - startedAt < leastMs; turn++) {
      const number = ++sent;
      const beganAt = performance.now();
      for (let tries = 1; ; tries++) {
        const status = await post(side, body, number, agent);
        if (status === 200) break;
        if (status !== 503 || tries === MAX_TRIES) throw new Error(`${side.name} answered ${status}`);
        busyAnswers += 1;
        await sleep(RETRY_PAUSE_MS);
      }
      mails += 1;
      if (turn > 1) latenciesMs.push(performance.now() - beganAt);
    }
  };
  try {
    await Promise.all(Array.from({ length: concurrency }, lane));
    return { mails, latenciesMs, durationMs: performance.now() - startedAt, busyAnswers };
  } finally {
    agent.destroy();
  }
}

async function post(side: Pick<Side, "url" | "apiKey">, body: MailBody, number: number, agent: Agent): Promise<number> {
  const [head, tail] = body.pieces(number);
  const outgoing = request(new URL("/webhooks/sendgrid", side.url), {
    method: "POST",
    agent,
    headers: { "content-type": body.contentType, "content-length": body.length, "x-api-key": side.apiKey },
  });
  const answered = new Promise<number>((resolve, reject) => {
    outgoing.once("error", reject);
    outgoing.once("response", (response) => {
      text(response).then(() => resolve(response.statusCode ?? 0), reject);
    });
  });
  outgoing.write(head);
  outgoing.end(tail);
  return await answered;
}
