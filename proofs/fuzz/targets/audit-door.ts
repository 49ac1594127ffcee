import { EVENT_TYPES } from "@flowstate/contracts";
import type { DatabaseUrls } from "@flowstate/local/servers/postgres.ts";
import { testApi } from "../../../services/audit/testing/audit-api.ts";
import { recordingInto } from "../../../services/audit/testing/audit-database.ts";
import { recordMessages } from "../../../services/audit/testing/record-messages.ts";
import { messageOf, sampleEvent } from "../../../services/audit/testing/sample-events.ts";
import { checkAnswers, type RawAnswer } from "../checks/check-answers.ts";
import { DEFAULT_LIMIT_MS, type Fault } from "../target.ts";
import { openDatabase } from "./audit-database.ts";
import type { Exchange } from "./exchange.ts";

/** Audit's API on a port, over a real database that has one event of each type. */
export interface AuditDoor extends AsyncDisposable {
  readonly port: number;
  check(exchange: Exchange): Fault | undefined;
  /** Whether it answers as before. */
  settle(): Promise<Fault | undefined>;
}

export const GIVE_UP_MS = 2 * DEFAULT_LIMIT_MS;

export async function openAuditDoor(given: DatabaseUrls | undefined): Promise<AuditDoor> {
  await using opening = new AsyncDisposableStack();
  const database = opening.use(await openDatabase(given));
  const messages = EVENT_TYPES.map((type, index) => messageOf(sampleEvent(type), index + 1));
  await recordMessages(recordingInto(database.pool), messages);
  const api = testApi(database);
  opening.defer(() => api.close());
  const url = await api.listen({ host: "127.0.0.1", port: 0 });
  const parts = opening.move();
  return {
    port: Number(new URL(url).port),
    check({ received, answers, closed }) {
      return closed ? checkAnswers(received, answers, isFine) : { kind: "hang", what: "no end of the answer" };
    },
    async settle() {
      const { status } = await fetch(new URL("/livez", url));
      return status === 200 ? undefined : { kind: "broken_promise", what: `/livez answers ${status} afterwards` };
    },
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
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
