import type { Socket } from "node:net";
import { EVENTS_PREFIX } from "@flowstate/contracts";
import type { Fault } from "../table/cell.ts";
import type { Disturbance } from "./disturbance.ts";
import type { Passage } from "./link.ts";

/** How much later a slow JetStream is asked. Milliseconds. */
const SLOW_REQUEST_MS = 700;
const LINE_END = Buffer.from("\r\n");
/** Events, JetStream's own requests and acknowledgements, and what buckets are written with. */
const JETSTREAM_SUBJECTS = [`${EVENTS_PREFIX}.`, "$JS.", "$KV."];
/** Those of them that audit writes to all the time, whether a mail comes or not. */
const READERS_SUBJECT = "$JS.";
/** What a broker answers in place of whoever is not there (NATS protocol, "no responders"). */
const NO_RESPONDERS = "NATS/1.0 503\r\n\r\n";
const GARBAGE = "\u0000{]\u0007garbage";

/**
 * JetStream failing on a broker that is otherwise well: the requests to it, which are messages like others, are kept back on
 * their way (NATS client protocol, `PUB` and `HPUB`). `refuse` answers as the broker does when nobody has JetStream there.
 */
export class JetStreamRequests implements Disturbance {
  #fault: Fault | undefined;
  #met = 0;

  async begin(fault: Fault): Promise<void> {
    this.#fault = fault;
  }

  async end(): Promise<void> {
    this.#fault = undefined;
  }

  /** What a mail would have had stored. */
  async met(): Promise<number> {
    return this.#met;
  }

  /** For each connection of a `Link` to the broker. */
  readonly watch = (service: Socket, broker: Socket): Passage => {
    const inboxes = new Inboxes();
    let rest: Buffer = Buffer.alloc(0);
    const passes = ({ verb, words, frame }: Frame): boolean => {
      if (verb === "SUB") inboxes.add(words);
      const [subject = "", replyTo] = words;
      if (this.#fault === undefined || !isPublish(verb) || !isForJetStream(subject)) return true;
      if (!subject.startsWith(READERS_SUBJECT)) this.#met += 1;
      if (this.#fault === "slow") setTimeout(() => broker.write(frame), SLOW_REQUEST_MS);
      const answer = this.#answer(words.length > (verb === "PUB" ? 2 : 3) ? replyTo : undefined, inboxes);
      if (answer !== undefined) service.write(answer);
      return false;
    };
    return {
      take: (bytes) => {
        const { frames, left } = framesOf(Buffer.concat([rest, bytes]));
        rest = left;
        return Buffer.concat(frames.filter(passes).map(({ frame }) => frame));
      },
    };
  };

  #answer(replyTo: string | undefined, inboxes: Inboxes): string | undefined {
    const subscription = replyTo === undefined ? undefined : inboxes.subscriptionOf(replyTo);
    if (subscription === undefined) return undefined;
    if (this.#fault === "refuse") {
      const size = NO_RESPONDERS.length;
      return `HMSG ${replyTo} ${subscription} ${size} ${size}\r\n${NO_RESPONDERS}\r\n`;
    }
    if (this.#fault === "garbage") return `MSG ${replyTo} ${subscription} ${GARBAGE.length}\r\n${GARBAGE}\r\n`;
    return undefined;
  }
}

interface Frame {
  readonly verb: string;
  readonly words: readonly string[];
  /** All of it, payload included. */
  readonly frame: Buffer;
}

/** The whole frames at the beginning of these bytes, and what is left behind them. */
function framesOf(bytes: Buffer): { frames: Frame[]; left: Buffer } {
  const frames: Frame[] = [];
  let at = 0;
  for (;;) {
    const lineEnd = bytes.indexOf(LINE_END, at);
    if (lineEnd < 0) break;
    const [verb = "", ...words] = bytes.toString("latin1", at, lineEnd).split(" ");
    const payload = isPublish(verb) ? Number(words.at(-1)) + LINE_END.byteLength : 0;
    const end = lineEnd + LINE_END.byteLength + payload;
    if (end > bytes.byteLength) break;
    frames.push({ verb, words, frame: bytes.subarray(at, end) });
    at = end;
  }
  return { frames, left: bytes.subarray(at) };
}

function isPublish(verb: string): boolean {
  return verb === "PUB" || verb === "HPUB";
}

function isForJetStream(subject: string): boolean {
  return JETSTREAM_SUBJECTS.some((prefix) => subject.startsWith(prefix));
}

/** Where a connection waits for answers: `SUB subject [group] id`. */
class Inboxes {
  readonly #ids = new Map<string, string>();

  add(words: readonly string[]): void {
    const [subject, id] = [words[0], words.at(-1)];
    if (subject !== undefined && id !== undefined) this.#ids.set(subject, id);
  }

  subscriptionOf(subject: string): string | undefined {
    const parent = subject.slice(0, subject.lastIndexOf("."));
    return this.#ids.get(subject) ?? this.#ids.get(`${parent}.*`) ?? this.#ids.get(`${parent}.>`);
  }
}
