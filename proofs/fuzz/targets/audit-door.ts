import { EVENT_TYPES } from "@flowstate/contracts";
import type { DatabaseUrls } from "@flowstate/local/servers/postgres.ts";
import { KEY, testApi } from "../../../services/audit/testing/audit-api.ts";
import { recordingInto } from "../../../services/audit/testing/audit-database.ts";
import { recordMessages } from "../../../services/audit/testing/record-messages.ts";
import { messageOf, sampleEvent } from "../../../services/audit/testing/sample-events.ts";
import { checkAnswers, isMute, type RawAnswer, takenOf } from "../checks/check-answers.ts";
import { WatchedLog } from "../checks/watched-log.ts";
import { DEFAULT_LIMIT_MS, type Fault, type Taken } from "../target.ts";
import { openDatabase } from "./audit-database.ts";
import { type Exchange, exchange } from "./exchange.ts";
import { stopInTime } from "./stop-in-time.ts";

/** Audit's API on a port, over a real database that has one event of each type. */
export interface AuditDoor extends AsyncDisposable {
  readonly port: number;
  /** How far it came, and what is wrong with what was answered, and logged since this was last asked. */
  check(given: Exchange): Promise<Taken | Fault>;
  /** Whether it answers as before, and nothing is under way any more. It is gone afterwards. */
  settle(): Promise<Fault | undefined>;
}

export const GIVE_UP_MS = 2 * DEFAULT_LIMIT_MS;
/** A document of its own, and of now: no question that deletes what is old deletes it. */
const KNOWN_DOCUMENT_ID = "0b8e7a2c-90c4-8f64-8d5e-5d1f2c3b4aff";
const KNOWN_QUESTION = Buffer.from(
  `GET /api/documents/${KNOWN_DOCUMENT_ID} HTTP/1.1\r\nHost: audit\r\nX-API-Key: ${KEY}\r\nConnection: close\r\n\r\n`,
);

export async function openAuditDoor(given: DatabaseUrls | undefined): Promise<AuditDoor> {
  await using opening = new AsyncDisposableStack();
  const database = opening.use(await openDatabase(given));
  const known = sampleEvent("document.received", {
    time: new Date().toISOString(),
    data: { document_id: KNOWN_DOCUMENT_ID },
  });
  const samples = [...EVENT_TYPES.map((type) => sampleEvent(type)), known];
  const messages = samples.map((event, index) => messageOf(event, index + 1));
  await recordMessages(recordingInto(database.pool), messages);
  const log = new WatchedLog("audit");
  const api = testApi(database, { logger: log.logger });
  opening.defer(() => api.close());
  const url = await api.listen({ host: "127.0.0.1", port: 0 });
  const port = Number(new URL(url).port);
  const parts = opening.move();
  return {
    port,
    async check({ received, answers, closed }) {
      const echo = log.check();
      if (!closed) return { kind: "hang", what: "no end of the answer" };
      const fault = echo ?? checkAnswers(received, answers, isFine);
      if (fault !== undefined) return fault;
      return (isMute(answers) ? await asBefore(port) : undefined) ?? takenOf(answers);
    },
    async settle() {
      return (await asBefore(port)) ?? (await stopInTime(() => api.close())) ?? log.check();
    },
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

/** Whether a document that is on record is still found, in the database, by whoever may ask for it. */
async function asBefore(port: number): Promise<Fault | undefined> {
  const { answers } = await exchange({ port, bytes: KNOWN_QUESTION, limitMs: GIVE_UP_MS });
  const [answer] = answers ?? [];
  if (answer?.status === 200 && answer.body.includes(KNOWN_DOCUMENT_ID)) return undefined;
  return {
    kind: "broken_promise",
    what: `a question after a known document is answered ${answer?.status ?? "nothing"}`,
  };
}

/** What says that it is JSON is; exports and streams have rows of their own. */
export function isFine({ headers, body }: RawAnswer): boolean {
  if (!headers.get("content-type")?.startsWith("application/json") || body.length === 0) return true;
  try {
    JSON.parse(body.toString());
    return true;
  } catch {
    return false;
  }
}
