import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { NatsServer } from "@flowstate/local/servers/nats-server.ts";
import { startNatsServer } from "@flowstate/local/servers/nats-server.ts";
import { z } from "zod";
import { API_KEY, IngestRig } from "../../../services/ingest/testing/ingest-rig.ts";
import { randomOf } from "../../crash/plan/random.ts";
import { holdsCanary } from "../checks/canary.ts";
import { checkAnswers, isMute, type RawAnswer, takenOf } from "../checks/check-answers.ts";
import { ReservedMemory } from "../checks/reserved-memory.ts";
import { echoIn } from "../checks/watched-log.ts";
import { DEFAULT_LIMIT_MS, type Fault, type Taken } from "../target.ts";
import { type Exchange, exchange } from "./exchange.ts";
import { MAIL_SEEDS } from "./mail-seeds.ts";
import { stopInTime } from "./stop-in-time.ts";

const SETTINGS = {
  MAX_MAIL_BYTES: "1048576",
  INGEST_MEMORY_BYTES: "32000000",
  API_REQUESTS_PER_MINUTE: "1000000",
  LOG_LEVEL: "debug",
};
/** Twice the limit: what took too long is known, and what hangs is let go. */
const GIVE_UP_MS = 2 * DEFAULT_LIMIT_MS;

/** Before an ordinary mail is sent again for which there was no room. */
const ROOM_PAUSE_MS = 50;
/** What became of a document that got through to what stands behind ingest. */
const READ: ReadonlySet<string> = new Set(["delivered", "extracted", "duplicate"]);

const documentsSchema = z.array(
  z.strictObject({
    document_id: z.uuid(),
    status: z.enum(["delivered", "refused", "invalid", "undeliverable", "duplicate", "extracted"]),
    code: z
      .string()
      .regex(/^[a-z_]+$/)
      .optional(),
    extraction: z.strictObject({ read: z.literal("from the document") }).optional(),
  }),
);
const answerSchema = z.strictObject({
  mail_id: z.uuid(),
  status: z.enum(["processed", "ignored", "unroutable"]),
  documents: documentsSchema,
});

/** Of a log line what it is about: its vocabulary is closed. */
const logLineSchema = z.object({ event: z.string(), code: z.string().optional() });

/** Ingest, real, with a broker of its own; what is read from a document and what the ERP says is always the same. */
export class IngestDoor implements AsyncDisposable {
  readonly #rig: IngestRig;
  readonly #broker: NatsServer;
  readonly #reserved: ReservedMemory;

  private constructor(broker: NatsServer, rig: IngestRig, reserved: ReservedMemory) {
    this.#broker = broker;
    this.#rig = rig;
    this.#reserved = reserved;
  }

  static async open(): Promise<IngestDoor> {
    const broker = await startNatsServer();
    const reserved = new ReservedMemory();
    return new IngestDoor(broker, await IngestRig.start(broker, SETTINGS), reserved);
  }

  get port(): number {
    return Number(new URL(this.#rig.ingest.url ?? "").port);
  }

  /** Posts a body, and expects exactly one answer. What is accepted had a document that was read. */
  async post(path: string, contentType: string, body: Buffer): Promise<Taken | Fault> {
    const given = await this.#exchange(path, contentType, body);
    if (given.closed && given.answers?.length !== 1)
      return { kind: "body", what: `${given.answers?.length ?? "no readable"} answer(s) to one request` };
    const taken = await this.check(given);
    if (typeof taken === "string" && given.answers?.some(({ body }) => body.length === 0))
      return { kind: "body", what: "the answer to a POST has no body" };
    if (taken !== "accepted") return taken;
    return statusesOf(given.answers?.[0]).some((status) => READ.has(status)) ? "accepted" : "refused";
  }

  /** How far it came, and what is wrong with what was answered, logged and published since this was last asked. */
  async check({ received, answers, closed }: Exchange): Promise<Taken | Fault> {
    const lines = this.#rig.logLines.splice(0);
    const events = this.#rig.events.splice(0);
    this.#rig.extractions.length = 0;
    this.#rig.pushes.length = 0;
    if (!closed) return { kind: "hang", what: "no end of the answer" };
    const echo = echoIn(lines);
    if (echo !== undefined) return echo;
    if (events.some((event) => holdsCanary(JSON.stringify(event))))
      return { kind: "echo", what: "an event holds what was sent" };
    if (lines.some((line) => line.includes('"http.internal_error"')))
      return { kind: "server_error", what: "a route threw what it does not expect" };
    const fault = checkAnswers(received, answers, isFine);
    if (fault !== undefined) return fault;
    return (isMute(answers) ? await this.asBefore() : undefined) ?? takenOf(answers);
  }

  /** Whether an ordinary mail is delivered, once there is room for it. */
  async asBefore(): Promise<Fault | undefined> {
    const before = this.#rig.logLines.length;
    const [seed] = MAIL_SEEDS;
    const giveUpAt = performance.now() + DEFAULT_LIMIT_MS;
    for (;;) {
      const body = seed?.(randomOf(randomInt(2 ** 31))) ?? Buffer.alloc(0);
      const { answers } = await this.#exchange("/webhooks/sendgrid", "multipart/form-data; boundary=xYzZY", body);
      const [answer] = answers ?? [];
      if (statusesOf(answer)[0] === "delivered") return undefined;
      if (answer?.status === 503 && performance.now() < giveUpAt) {
        await sleep(ROOM_PAUSE_MS);
        continue;
      }
      const logged = this.#rig.logLines.slice(before).map((line) => {
        const { event, code } = logLineSchema.parse(JSON.parse(line));
        return code === undefined ? event : `${event} ${code}`;
      });
      const what = `an ordinary mail is answered ${answer?.status ?? "nothing"}, logged: ${logged.join(", ") || "nothing"}`;
      return { kind: "broken_promise", what };
    }
  }

  /**
   * Whether a mail is taken as before, nothing is under way any more, and all that was reserved is given back. Ingest is gone
   * afterwards.
   */
  async settle(): Promise<Fault | undefined> {
    const missed = await this.asBefore();
    if (missed !== undefined) return missed;
    const isGivenBack = await this.#reserved.isGivenBackWithin(DEFAULT_LIMIT_MS);
    // What is under way for ever holds what it reserved: that it is, says more.
    const underWay = await stopInTime(() => this.#rig.ingest[Symbol.asyncDispose]());
    return underWay ?? (isGivenBack ? undefined : { kind: "leak", what: "a reservation is not given back" });
  }

  #exchange(path: string, contentType: string, body: Buffer): Promise<Exchange> {
    const head = [
      `POST ${path} HTTP/1.1`,
      "Host: ingest",
      `X-API-Key: ${API_KEY}`,
      `Content-Type: ${contentType}`,
      `Content-Length: ${body.length}`,
      "Connection: close",
    ].join("\r\n");
    const bytes = Buffer.concat([Buffer.from(`${head}\r\n\r\n`, "latin1"), body]);
    return exchange({ port: this.port, bytes, limitMs: GIVE_UP_MS });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#rig[Symbol.asyncDispose]();
    await this.#broker[Symbol.asyncDispose]();
  }
}

/** Of the webhook and of an upload; of pages without a key, that they are JSON. */
function isFine({ headers, body }: RawAnswer): boolean {
  if (!headers.get("content-type")?.startsWith("application/json")) return body.length === 0;
  const parsed = jsonOf(body);
  if (parsed === undefined) return body.length === 0;
  return !("mail_id" in Object(parsed)) || answerSchema.safeParse(parsed).success;
}

/** What became of the documents that an answer names. */
function statusesOf(answer: RawAnswer | undefined): readonly string[] {
  const parsed = answerSchema.safeParse(answer === undefined ? undefined : jsonOf(answer.body));
  return parsed.success ? parsed.data.documents.map(({ status }) => status) : [];
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}
