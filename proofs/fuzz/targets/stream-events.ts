import { EVENT_TYPES, eventSchema } from "@flowstate/contracts";
import type { Pool } from "pg";
import { readMessage } from "../../../services/audit/recording/read-message.ts";
import { recordingInto } from "../../../services/audit/testing/audit-database.ts";
import { recordMessages } from "../../../services/audit/testing/record-messages.ts";
import { sampleEvent } from "../../../services/audit/testing/sample-events.ts";
import { CANARY } from "../checks/canary.ts";
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

/** Messages on the stream: each is an event and stored, or set aside by its place and a code. */
export const STREAM_EVENTS: Target = {
  name: "stream-events",
  runs: "audit's reading and recording of messages, real PostgreSQL",
  share: 60,
  atOnce: 8,
  async open({ database }) {
    const opened = await openDatabase(database);
    const recording = recordingInto(opened.pool);
    const seeds = EVENT_TYPES.map(seedOf);
    const mutators = [...JSON_MUTATORS, ...JSON_MUTATORS, ...JSON_MUTATORS, ...BYTE_MUTATORS, insertWords(WORDS)];
    /** Sequence and id of each event that there was. */
    const given = new Map<number, string>();
    let sequence = 0;
    return {
      make: (random) => mutated(seeds, mutators, random),
      async give(data): Promise<Taken | Fault> {
        sequence += 1;
        const message = { data, sequence };
        const read = readMessage(message);
        const event = eventSchema.safeParse(jsonOf(data)).data;
        if ("event" in read !== (event !== undefined))
          return { kind: "broken_promise", what: "an event is set aside, or another is none" };
        if (event !== undefined) given.set(message.sequence, event.id);
        await recordMessages(recording, [message]);
        return event === undefined ? "refused" : "accepted";
      },
      settle: async () => (await checkRows(opened.pool)) ?? (await checkStored(opened.pool, given)),
      [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
    };
  },
};

/** Whether each event is stored, or set aside because the database cannot represent it: none is passed over. */
async function checkStored(pool: Pool, given: ReadonlyMap<number, string>): Promise<Fault | undefined> {
  const { rowCount } = await pool.query(
    `SELECT FROM unnest($1::bigint[], $2::uuid[]) AS given (sequence, id)
     WHERE NOT EXISTS (SELECT FROM events WHERE event_id = given.id)
       AND NOT EXISTS (SELECT FROM rejected_events WHERE stream_sequence = given.sequence)
     LIMIT 1`,
    [[...given.keys()], [...given.values()]],
  );
  return rowCount === 0 ? undefined : { kind: "broken_promise", what: "an event is neither stored nor set aside" };
}

function jsonOf(data: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(data));
  } catch {
    return undefined;
  }
}
