import { EVENT_TYPES } from "@flowstate/contracts";
import type { Pool } from "pg";
import { z } from "zod";
import { readMessage } from "../../../services/audit/recording/read-message.ts";
import type { Recording } from "../../../services/audit/recording/record-batch.ts";
import { recordingInto } from "../../../services/audit/testing/audit-database.ts";
import { recordMessages } from "../../../services/audit/testing/record-messages.ts";
import { messageOf, sampleEvent } from "../../../services/audit/testing/sample-events.ts";
import { CANARY } from "../checks/canary.ts";
import { WatchedLog } from "../checks/watched-log.ts";
import { BYTE_MUTATORS, insertWords } from "../mutate/bytes.ts";
import { JSON_MUTATORS } from "../mutate/json.ts";
import { mutated, type Seed } from "../mutate/mutator.ts";
import type { Fault, Taken, Target } from "../target.ts";
import { checkRows, openDatabase } from "./audit-database.ts";

/** Members that an event does not have, and values at the edge of what PostgreSQL can represent. */
const WORDS = [
  `"subject_line":"${CANARY}",`,
  `"file_name":"${CANARY}",`,
  '"time":"0000-01-01T00:00:00Z",',
  '"time":"9999-12-31T23:59:59.999999999Z",',
  '"size_bytes":9007199254740991,',
  '"sender_email":"a\\u0000@b.example",',
  '"traceparent":"00-0-0-00",',
  '"data":{},',
];

/** An id that no other event has. */
function seedOf(type: (typeof EVENT_TYPES)[number]): Seed {
  return (random) => {
    const part = () => random.whole(0x1000, 0xffff).toString(16);
    const id = `${part()}${part()}-${part()}-4000-8000-${part()}${part()}${part()}`;
    const [traceId, spanId] = ["4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"];
    return Buffer.from(JSON.stringify(sampleEvent(type, { id, traceparent: `00-${traceId}-${spanId}-01` })));
  };
}

/** Without these a message is no event, whatever else it says: known on sight, and not asked of the code that reads it. */
const onSightSchema = z.object({ id: z.uuid(), type: z.enum(EVENT_TYPES) });

/** A message that was handed over. */
interface Given {
  /** Its place in the stream, which no other message of this database has. */
  readonly sequence: number;
  /** Under which it would be stored; null for what is no event on sight, and can only be set aside. */
  readonly id: string | null;
}

/** Messages on the stream: each is an event and stored, or set aside by its place and a code. */
export const STREAM_EVENTS: Target = {
  name: "stream-events",
  runs: "audit's reading and recording of messages, real PostgreSQL",
  share: 60,
  atOnce: 8,
  async open({ database }) {
    const opened = await openDatabase(database);
    const log = new WatchedLog("audit");
    const recording: Recording = { ...recordingInto(opened.pool), logger: log.logger };
    const seeds = EVENT_TYPES.map(seedOf);
    const mutators = [...JSON_MUTATORS, ...JSON_MUTATORS, ...JSON_MUTATORS, ...BYTE_MUTATORS, insertWords(WORDS)];
    const given: Given[] = [];
    let sequence = 0;
    return {
      make: (random) => mutated(seeds, mutators, random),
      async give(data): Promise<Taken | Fault> {
        sequence += 1;
        const message = { data, sequence };
        given.push({ sequence, id: onSightSchema.safeParse(jsonOf(data)).data?.id ?? null });
        await recordMessages(recording, [message]);
        return log.check() ?? ("event" in readMessage(message) ? "accepted" : "refused");
      },
      settle: async () =>
        (await checkRows(opened.pool)) ??
        (await checkPlaces(opened.pool, given)) ??
        (await checkPlainEvents(opened.pool, recording, sequence)) ??
        log.check(),
      [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
    };
  },
};

/** Whether each message, event or not, is stored under its id, or set aside by its place: none is passed over. */
async function checkPlaces(pool: Pool, given: readonly Given[]): Promise<Fault | undefined> {
  const { rowCount } = await pool.query(
    `SELECT FROM unnest($1::bigint[], $2::uuid[]) AS given (sequence, id)
     WHERE NOT EXISTS (SELECT FROM events WHERE event_id = given.id)
       AND NOT EXISTS (SELECT FROM rejected_events WHERE stream_sequence = given.sequence)
     LIMIT 1`,
    [given.map(({ sequence }) => sequence), given.map(({ id }) => id)],
  );
  return rowCount === 0 ? undefined : { kind: "broken_promise", what: "a message is neither stored nor set aside" };
}

/** Whether events as the services send them are stored, one of each type: setting everything aside would be no loss otherwise. */
async function checkPlainEvents(pool: Pool, recording: Recording, before: number): Promise<Fault | undefined> {
  const events = EVENT_TYPES.map((type) => sampleEvent(type));
  await recordMessages(
    recording,
    events.map((event, at) => messageOf(event, before + 1 + at)),
  );
  const ids = events.map(({ id }) => id);
  const { rowCount } = await pool.query("SELECT FROM events WHERE event_id = ANY ($1::uuid[])", [ids]);
  return rowCount === ids.length ? undefined : { kind: "broken_promise", what: "an event that is plain is not stored" };
}

function jsonOf(data: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(data));
  } catch {
    return undefined;
  }
}
