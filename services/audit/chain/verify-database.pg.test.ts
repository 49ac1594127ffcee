// Real: PostgreSQL with audit's schema, events recorded as in service, tampered with by SQL as the tables' owner.
// Doubled: the stream and the clock.
import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { columnList } from "../database/columns.ts";
import { inSnapshot } from "../database/transaction.ts";
import { type AuditDatabase, auditDatabase, recordingInto } from "../testing/audit-database.ts";
import { recordMessages } from "../testing/record-messages.ts";
import { messageOf, type SampleOptions, sampleEvent } from "../testing/sample-events.ts";
import { KEY, KEYS, newSigningKey } from "../testing/sample-record.ts";
import { chainedEventSchema, digestAfter } from "./chained-event.ts";
import { eventHash } from "./committed-event.ts";
import { databaseRecord } from "./database-record.ts";
import type { Finding } from "./finding.ts";
import { HeadNotTrustedError, RecordChain } from "./record-chain.ts";
import { segmentSchema, signHead, startDigest } from "./segment.ts";
import { type SigningKey, type Statement, TrustedKeys } from "./signing.ts";
import { type Verification, verifyRecord } from "./verify-record.ts";

const DAY = "2026-11-23";
const NEXT_DAY = "2026-11-24";

let database: AuditDatabase;
let sequence = 0;
/** acme has the positions 1 to 4 on the first day, 7 and 8 on the next; globex 5; nobody 6. */
async function recordedDatabase(): Promise<void> {
  database = await auditDatabase();
  await record(`${DAY}T10:00:00Z`, ["acme", "acme"]);
  await record(`${DAY}T11:00:00Z`, ["acme", "acme", "globex", undefined]);
  await record(`${NEXT_DAY}T10:00:00Z`, ["acme", "acme"]);
}
const dropDatabase = () => database[Symbol.asyncDispose]();

const batchOf = (tenants: readonly (string | undefined)[], options: SampleOptions<"mail.received"> = {}) =>
  tenants.map((tenant) => {
    sequence += 1;
    const event =
      tenant === undefined
        ? sampleEvent("mail.unroutable")
        : sampleEvent("mail.received", { ...options, data: { tenant_id: tenant } });
    return messageOf(event, sequence);
  });
function record(at: string, tenants: readonly (string | undefined)[]): Promise<void> {
  return recordMessages(recordingInto(database.pool, at), batchOf(tenants));
}
const sql = async (statement: string, values: readonly unknown[] = []) =>
  (await database.pool.query(statement, [...values])).rows;
const verify = (): Promise<Verification> =>
  inSnapshot(database.pool, (client) => verifyRecord(databaseRecord(client), KEYS));
const findings = async (): Promise<readonly Finding[]> => (await verify()).findings;

/** What is found after the statements, which are undone again. */
async function findingsAfter(...statements: readonly string[]): Promise<readonly Finding[]> {
  const client = await database.pool.connect();
  try {
    await client.query("BEGIN");
    for (const statement of statements) await client.query(statement);
    return (await verifyRecord(databaseRecord(client), KEYS)).findings;
  } finally {
    await client.query("ROLLBACK");
    client.release();
  }
}

describe("a record that nobody has touched", () => {
  beforeEach(recordedDatabase);
  afterEach(dropDatabase);

  it("holds", async () => {
    expect(await verify()).toMatchObject({ findings: [], segments: 4, events: 8 });
  });

  it("holds when instances record at once: there is one chain", async () => {
    const tenants = ["acme", "globex", undefined, "initech"];
    const instances = [1, 2, 3].map(() => recordingInto(database.pool, `${NEXT_DAY}T11:00:00Z`));
    await Promise.all(
      instances.map(async (instance) => {
        for (let round = 0; round < 5; round += 1) await recordMessages(instance, batchOf(tenants));
      }),
    );
    expect(await verify()).toMatchObject({ findings: [], events: 68 });
  });

  it("holds for every value that an event can have", async () => {
    const traceparent = `00-${"a".repeat(32)}-00f067aa0ba902b7-01`;
    const types = ["document.received", "document.extracted", "document.invalid", "document.wiped"] as const;
    const events = types.map((type, index) => messageOf(sampleEvent(type, { traceparent }), index));
    events.push(messageOf(sampleEvent("mail.received", { data: { sender_email: "o'brien@supplier.example" } }), 99));
    await recordMessages(recordingInto(database.pool, `${NEXT_DAY}T11:00:00Z`), events);
    expect(await verify()).toMatchObject({ findings: [], events: 13 });
  });

  it("is read in pages and groups, whatever their size", async () => {
    const many = Array.from({ length: 60 }, (_, tenant) => Array.from({ length: 50 }, () => `tenant-${tenant}`)).flat();
    await record(`${NEXT_DAY}T12:00:00Z`, many);
    expect(await verify()).toMatchObject({ findings: [], events: 3_008, segments: 64 });
    await sql("UPDATE events SET size_bytes = 1 WHERE tenant_id = 'tenant-33' AND segment_index = 17");
    expect(await findings()).toMatchObject([{ fault: "event_changed", tenant_id: "tenant-33", event: { index: 17 } }]);
  });
});

describe("tampering with an event", () => {
  beforeAll(recordedDatabase);
  afterAll(dropDatabase);

  /** Another value of the column's type. */
  const OTHER: Readonly<Record<string, string>> = {
    uuid: "gen_random_uuid()",
    text: "'another'",
    bigint: "99",
    "timestamp with time zone": "'2026-01-01T00:00:00Z'",
    date: `'${NEXT_DAY}'`,
    bytea: "'\\x00'",
  };
  const emptyDay = `DELETE FROM events WHERE tenant_id = 'acme' AND recorded_on = '${DAY}'`;

  it.each(Object.keys(chainedEventSchema.shape))("is found when %s is updated", async (column) => {
    const [{ data_type: type } = {}] = await sql(
      "SELECT data_type FROM information_schema.columns WHERE table_name = 'events' AND column_name = $1",
      [column],
    );
    const [first] = await findingsAfter(`UPDATE events SET ${column} = ${OTHER[String(type)]} WHERE position = 3`);
    expect(first).toMatchObject({ subject: "event", tenant_id: "acme", event: { index: 3 } });
  });

  it("is found when the sender is nulled as an erasure would", async () => {
    const nulled = "UPDATE events SET sender_email = NULL, sender_salt = NULL WHERE position = 3";
    expect(await findingsAfter(nulled)).toMatchObject([{ fault: "erasure_unsigned", event: { position: 3 } }]);
  });

  it.each(["position = 3", "position IN (3, 4)", "position IN (3, 5)"])(
    "is found when %s is deleted",
    async (doomed) => {
      const [first] = await findingsAfter(`DELETE FROM events WHERE ${doomed}`);
      expect(first).toMatchObject({ fault: "event_removed", tenant_id: "acme", day: DAY, event: { index: 3 } });
    },
  );

  it("is found when one is inserted", async () => {
    const columns = Object.keys(chainedEventSchema.shape).filter((name) => name !== "position" && name !== "event_id");
    const inserted = `INSERT INTO events (position, event_id, ${columns})
      SELECT 99, '${randomUUID()}', ${columns} FROM events WHERE position = 3`;
    expect(await findingsAfter(inserted)).toMatchObject([{ fault: "event_inserted", event: { position: 99 } }]);
  });

  it("is found when two have changed places", async () => {
    const swapped = ["5 - position + 100 WHERE position IN (2, 3)", "position - 100 WHERE position > 100"];
    const found = await findingsAfter(...swapped.map((end) => `UPDATE events SET position = ${end}`));
    expect(found).toMatchObject([{ fault: "event_moved", event: { index: 2, position: 3 } }]);
  });

  it.each([
    ["counts further than audit does", "size_bytes = 9223372036854775807", 3],
    ["has a time that is none", "time = 'infinity'", 3],
  ])("is found, and named, when it %s", async (_what, assignment, index) => {
    const found = await findingsAfter(`UPDATE events SET ${assignment} WHERE position = 3`);
    expect(found).toMatchObject([{ fault: "event_changed", tenant_id: "acme", event: { index, position: 3 } }]);
  });

  it("is found when a day is emptied, a tenant's or everybody's", async () => {
    const found = await findingsAfter(emptyDay);
    expect(found).toMatchObject([
      { fault: "retired_without_mark", tenant_id: "acme", day: DAY, event: { position: 1 } },
    ]);
    expect((await findingsAfter("TRUNCATE events")).map(({ fault }) => fault)).toEqual(
      Array(4).fill("retired_without_mark"),
    );
  });

  it("is found when a mark of retirement is forged", async () => {
    const forged = `UPDATE segments SET retired_on = '2026-12-23', retirement_key_id = key_id, retirement_signature = signature
       WHERE tenant_id = 'acme' AND day = '${DAY}'`;
    expect(await findingsAfter(emptyDay, forged)).toMatchObject([
      { fault: "signature_wrong", subject: "retirement", tenant_id: "acme" },
    ]);
  });
});

describe("tampering with heads", () => {
  beforeAll(recordedDatabase);
  afterAll(dropDatabase);

  it.each([
    ["edited", "UPDATE segments SET event_count = 2 WHERE tenant_id = 'globex'", "signature_wrong"],
    [
      "given another's signature",
      "UPDATE segments SET signature = (SELECT signature FROM segments LIMIT 1)",
      "signature_wrong",
    ],
    ["made unreadable", "UPDATE segments SET event_count = 9223372036854775807", "signature_wrong"],
    ["put on a day that is none", "UPDATE segments SET day = 'infinity' WHERE tenant_id = 'globex'", "signature_wrong"],
    ["taken away", "DELETE FROM segments WHERE tenant_id = 'globex'", "segment_missing"],
  ])("is found when one is %s", async (_what, statement, fault) => {
    expect((await findingsAfter(statement)).map((finding) => finding.fault)).toContain(fault);
  });

  it("is found when a tenant is gone without a trace", async () => {
    const found = await findingsAfter(
      "DELETE FROM segments WHERE tenant_id = 'globex'",
      "DELETE FROM events WHERE tenant_id = 'globex'",
    );
    expect(found).toEqual([{ fault: "count_wrong", subject: "recording", event: { position: 5 } }]);
  });

  it("is found when the end is gone, with the head put back to what it was before", async () => {
    const found = await findingsAfter(
      `DELETE FROM segments WHERE tenant_id = 'acme' AND day = '${NEXT_DAY}'`,
      "DELETE FROM events WHERE tenant_id = 'acme' AND position > 2",
      `UPDATE segments SET (last_position, event_count, digest, signature)
         = (SELECT position, segment_index, digest, head_signature FROM events WHERE position = 2)
       WHERE tenant_id = 'acme'`,
    );
    expect(found).toEqual([{ fault: "count_wrong", subject: "recording", event: { position: 3 } }]);
  });

  it("is found when the last events of the record are gone", async () => {
    const found = await findingsAfter(
      `DELETE FROM segments WHERE day = '${NEXT_DAY}'`,
      `DELETE FROM events WHERE recorded_on = '${NEXT_DAY}'`,
    );
    expect(found).toEqual([{ fault: "count_wrong", subject: "recording", event: { position: 7 } }]);
  });

  it("is found when the head of the record is edited or taken away", async () => {
    expect(await findingsAfter("UPDATE recording_head SET recorded_at = now()")).toEqual([
      { fault: "signature_wrong", subject: "recording" },
    ]);
    expect(await findingsAfter("UPDATE recording_head SET position = 9223372036854775807")).toEqual([
      { fault: "signature_wrong", subject: "recording" },
    ]);
    expect(await findingsAfter("DELETE FROM recording_head")).toEqual([
      { fault: "head_removed", subject: "recording" },
    ]);
  });
});

describe("tampering by somebody who has copied the head of the record before", () => {
  beforeEach(recordedDatabase);
  afterEach(dropDatabase);

  it("is found when one tenant is put back together with it, at once and when recording has gone on", async () => {
    await record(`${NEXT_DAY}T11:00:00Z`, ["acme", "globex"]);
    await record(`${NEXT_DAY}T12:00:00Z`, ["acme"]);
    await sql("CREATE TABLE copied AS TABLE recording_head");
    await record(`${NEXT_DAY}T13:00:00Z`, ["globex"]);
    await sql("DELETE FROM events WHERE position = 11");
    await sql(`UPDATE segments SET (last_position, event_count, digest, signature)
       = (SELECT position, segment_index, digest, head_signature FROM events WHERE position = 9)
      WHERE tenant_id = 'acme' AND day = '${NEXT_DAY}'`);
    await sql("DELETE FROM recording_head");
    await sql("INSERT INTO recording_head TABLE copied");
    const found = [{ fault: "count_wrong", subject: "recording", event: { position: 11 } }];
    expect(await findings()).toEqual(found);
    await record("2026-11-25T10:00:00Z", ["acme"]);
    expect(await findings()).toEqual(found);
  });
});

describe("a day that was computed and signed anew with another key", () => {
  beforeAll(recordedDatabase);
  afterAll(dropDatabase);

  /** What somebody with every right in the database can do who has a key of his own, perhaps under the name of ours. */
  async function resealed(key: SigningKey): Promise<readonly Finding[]> {
    const client = await database.pool.connect();
    try {
      await client.query("BEGIN");
      await client.query("UPDATE events SET size_bytes = 1 WHERE position = 3");
      const ofDay = "tenant_id = 'acme' AND";
      const [segment] = z
        .array(segmentSchema)
        .parse((await client.query(`SELECT * FROM segments WHERE ${ofDay} day = '${DAY}'`)).rows);
      if (segment === undefined) throw new TypeError("no such segment");
      const columns = columnList(chainedEventSchema);
      const found = await client.query(
        `SELECT ${columns} FROM events WHERE ${ofDay} recorded_on = '${DAY}' ORDER BY position`,
      );
      let digest = startDigest(segment);
      for (const event of z.array(chainedEventSchema).parse(found.rows)) {
        const head_key_id = event.head_key_id === null ? null : key.id;
        digest = digestAfter(digest, eventHash(event), { ...event, head_key_id });
        const head = { ...segment, last_position: event.position, event_count: event.segment_index, digest };
        const signature = head_key_id === null ? null : signHead(head, key).signature;
        await client.query(
          "UPDATE events SET (digest, head_key_id, head_signature) = ($1, $2, $3) WHERE position = $4",
          [digest, head_key_id, signature, event.position],
        );
      }
      const head = signHead({ ...segment, digest }, key);
      await client.query(
        `UPDATE segments SET (digest, key_id, signature) = ($1, $2, $3) WHERE ${ofDay} day = '${DAY}'`,
        [digest, head.key_id, head.signature],
      );
      return (await verifyRecord(databaseRecord(client), KEYS)).findings;
    } finally {
      await client.query("ROLLBACK");
      client.release();
    }
  }

  it("is found, and the key named, when it is signed in the name of the stranger", async () => {
    expect((await resealed(newSigningKey()))[0]).toMatchObject({
      fault: "key_unknown",
      tenant_id: "acme",
      day: DAY,
      event: { index: 1, position: 1 },
    });
  });

  it("is found when it is signed in the name of the trusted key", async () => {
    const stranger = newSigningKey();
    const disguised: SigningKey = Object.assign(Object.create(stranger), {
      id: KEY.id,
      sign: (statement: Statement) => ({ ...stranger.sign(statement), key_id: KEY.id }),
    });
    expect((await resealed(disguised))[0]).toMatchObject({ fault: "events_resealed", tenant_id: "acme", day: DAY });
  });
});

describe("recording on top of a head that was tampered with", () => {
  beforeEach(recordedDatabase);
  afterEach(dropDatabase);

  const recordAgain = (recording = recordingInto(database.pool, `${NEXT_DAY}T12:00:00Z`)) =>
    recordMessages(recording, batchOf(["acme"])).then(
      () => "recorded",
      (error: unknown) => (error instanceof HeadNotTrustedError ? error.code : error),
    );

  it("does not happen: nothing is signed that would vouch for it, and the events wait", async () => {
    await sql("UPDATE segments SET digest = '\\x00' WHERE tenant_id = 'acme'");
    expect(await recordAgain()).toBe("segment_signature_wrong");
    expect(await sql("SELECT count(*)::int AS n FROM events")).toEqual([{ n: 8 }]);
  });

  it("does not happen either in the process that has signed the head itself", async () => {
    const recording = recordingInto(database.pool, `${NEXT_DAY}T12:00:00Z`);
    expect(await recordAgain(recording)).toBe("recorded");
    await sql("UPDATE segments SET event_count = event_count + 1 WHERE tenant_id = 'acme'");
    expect(await recordAgain(recording)).toBe("segment_signature_wrong");
  });

  it("does not happen on a head of the record that nobody has signed", async () => {
    await sql("UPDATE recording_head SET segment_count = 3");
    expect(await recordAgain()).toBe("record_signature_wrong");
  });

  it("does not happen on one that was put back to a record in which there is nothing", async () => {
    await sql("DELETE FROM recording_head");
    await sql("INSERT INTO recording_head (position) VALUES (0)");
    expect(await recordAgain()).toBe("record_signature_wrong");
  });

  it("needs the keys that have signed it", async () => {
    const next = newSigningKey();
    const recordingWith = (keys: TrustedKeys) => ({
      ...recordingInto(database.pool, `${NEXT_DAY}T12:00:00Z`),
      chain: new RecordChain(next, keys),
    });
    expect(await recordAgain(recordingWith(new TrustedKeys([next.publicKey])))).toBe("record_key_unknown");
    const both = new TrustedKeys([next.publicKey, KEY.publicKey]);
    expect(await recordAgain(recordingWith(both))).toBe("recorded");
    expect(await inSnapshot(database.pool, (client) => verifyRecord(databaseRecord(client), both))).toMatchObject({
      findings: [],
      events: 9,
    });
  });
});
