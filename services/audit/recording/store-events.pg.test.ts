// Real: PostgreSQL with audit's schema, several connections at once. Doubled: the stream, whose messages are made here.
import { randomUUID } from "node:crypto";
import type { StreamMessage } from "@flowstate/messaging";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { classifyDatabaseError } from "../database/database-error.ts";
import { rebuildDocuments } from "../projection/rebuild-documents.ts";
import {
  type AuditDatabase,
  auditDatabase,
  recordingInto,
  testPool,
  UNREACHABLE_DATABASE,
} from "../testing/audit-database.ts";
import { recordMessages } from "../testing/record-messages.ts";
import { DOCUMENT_ID, messageOf, SENDER, sampleEvent } from "../testing/sample-events.ts";
import type { Recording } from "./record-batch.ts";

let database: AuditDatabase;
let recording: Recording;
beforeEach(async () => {
  database = await auditDatabase();
  recording = recordingInto(database.pool);
});
afterEach(async () => {
  await database[Symbol.asyncDispose]();
});

const rows = async (sql: string): Promise<unknown[]> => (await database.pool.query(sql)).rows;
const countOf = async (table: string) => rows(`SELECT count(*)::int AS n FROM ${table}`);
const at = (second: number) => `2026-11-23T09:00:${String(second).padStart(2, "0")}.000Z`;

/** The messages of one delivered document. */
function journey(documentId: string = randomUUID(), firstSequence = 1): StreamMessage[] {
  const data = { document_id: documentId };
  return [
    sampleEvent("document.received", { time: at(0), data }),
    sampleEvent("document.extracted", { time: at(1), data }),
    sampleEvent("document.delivered", { time: at(2), data }),
    sampleEvent("document.wiped", { time: at(3), data }),
  ].map((event, index) => messageOf(event, firstSequence + index));
}

describe("storing a batch", () => {
  it("keeps the events and brings their documents up to date", async () => {
    await recordMessages(recording, journey(DOCUMENT_ID));
    expect(await rows("SELECT type, stream_sequence FROM events ORDER BY time")).toEqual([
      { type: "document.received", stream_sequence: "1" },
      { type: "document.extracted", stream_sequence: "2" },
      { type: "document.delivered", stream_sequence: "3" },
      { type: "document.wiped", stream_sequence: "4" },
    ]);
    expect(await rows("SELECT document_id, status, sender_email, extract_duration_ms FROM documents")).toEqual([
      { document_id: DOCUMENT_ID, status: "delivered", sender_email: SENDER, extract_duration_ms: "1200" },
    ]);
  });

  it("changes nothing the second time", async () => {
    const batch = journey();
    await recordMessages(recording, batch);
    const before = [await rows("SELECT * FROM events ORDER BY position"), await rows("SELECT * FROM documents")];
    await recordMessages(recording, batch);
    await recordMessages(recording, [...batch, ...batch]);
    expect([await rows("SELECT * FROM events ORDER BY position"), await rows("SELECT * FROM documents")]).toEqual(
      before,
    );
  });

  it("takes an event that comes twice in one batch as one", async () => {
    const batch = journey();
    await recordMessages(recording, [...batch, ...batch]);
    expect(await countOf("events")).toEqual([{ n: 4 }]);
  });

  it("keeps the first of two events with one id", async () => {
    const id = randomUUID();
    await recordMessages(recording, [messageOf(sampleEvent("document.received", { id, time: at(1) }), 1)]);
    await recordMessages(recording, [messageOf(sampleEvent("document.received", { id, time: at(9) }), 8)]);
    expect(await rows("SELECT stream_sequence FROM events")).toEqual([{ stream_sequence: "1" }]);
  });

  it("has a month's partition committed before the transaction that fills it: nobody sees a head without its events", async () => {
    await rows(`CREATE FUNCTION refuse_table_of_this_transaction() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      IF (SELECT xmin = pg_current_xact_id()::xid FROM pg_class WHERE oid = TG_RELID) THEN RAISE 'not committed'; END IF;
      RETURN NEW;
    END $$`);
    await rows(`CREATE TRIGGER refuse_table_of_this_transaction BEFORE INSERT ON events
      FOR EACH ROW EXECUTE FUNCTION refuse_table_of_this_transaction()`);
    await recordMessages(recordingInto(database.pool, "2027-03-31T12:00:00Z"), journey());
    await recordMessages(recordingInto(database.pool, "2027-04-01T12:00:00Z"), journey(randomUUID(), 5));
    expect(await rows("SELECT recorded_on::text AS day, count(*)::int AS n FROM events GROUP BY 1 ORDER BY 1")).toEqual(
      [
        { day: "2027-03-31", n: 4 },
        { day: "2027-04-01", n: 4 },
      ],
    );
  });

  it("stores events of mails without tenant and without document", async () => {
    const events = [sampleEvent("mail.received"), sampleEvent("mail.unroutable"), sampleEvent("mail.ignored")];
    await recordMessages(
      recording,
      events.map((event, index) => messageOf(event, index)),
    );
    expect(await rows("SELECT type, tenant_id FROM events ORDER BY stream_sequence")).toEqual([
      { type: "mail.received", tenant_id: "acme" },
      { type: "mail.unroutable", tenant_id: null },
      { type: "mail.ignored", tenant_id: "acme" },
    ]);
    expect(await countOf("documents")).toEqual([{ n: 0 }]);
  });

  it("folds events that arrive in the wrong order as if they had come in the right one", async () => {
    const [received, extracted, delivered, wiped] = journey(DOCUMENT_ID);
    for (const message of [wiped, delivered, received, extracted]) {
      await recordMessages(recording, message === undefined ? [] : [message]);
    }
    expect(await rows("SELECT status, received_at, provider, wiped_at FROM documents")).toEqual([
      { status: "delivered", received_at: new Date(at(0)), provider: "gemini", wiped_at: new Date(at(3)) },
    ]);
  });

  it("lets the stream decide between events of the same millisecond", async () => {
    const time = at(0);
    await recordMessages(recording, [
      messageOf(sampleEvent("document.extracted", { time }), 3),
      messageOf(sampleEvent("document.received", { time }), 1),
      messageOf(sampleEvent("document.deferred", { time }), 2),
    ]);
    expect(await rows("SELECT status FROM documents")).toEqual([{ status: "extracted" }]);
  });
});

describe("several instances", () => {
  it("store the same batches at once without a deadlock, each event once", async () => {
    const documents = Array.from({ length: 40 }, (_, index) => journey(randomUUID(), index * 4));
    const forwards = documents.flat();
    const backwards = forwards.toReversed();
    await Promise.all([forwards, backwards, forwards, backwards].map((batch) => recordMessages(recording, batch)));
    expect(await countOf("events")).toEqual([{ n: 160 }]);
    expect(await rows("SELECT status, count(*)::int AS n FROM documents GROUP BY status")).toEqual([
      { status: "delivered", n: 40 },
    ]);
  });

  it("lose nothing when each stores another event of the same documents", async () => {
    for (let round = 0; round < 10; round += 1) {
      const documents = Array.from({ length: 10 }, (_, index) => journey(randomUUID(), index * 4));
      // One batch per kind of event: every transaction touches every document.
      const batches = [0, 1, 2, 3].map((kind) => documents.flatMap((messages) => messages[kind] ?? []));
      await Promise.all(batches.map((batch) => recordMessages(recording, batch)));
    }
    expect(
      await rows(
        `SELECT status, extract_duration_ms IS NOT NULL AS extracted, wiped_at IS NOT NULL AS wiped, count(*)::int AS n
         FROM documents GROUP BY 1, 2, 3`,
      ),
    ).toEqual([{ status: "delivered", extracted: true, wiped: true, n: 100 }]);
  });
});

describe("a message that cannot be stored", () => {
  it("is set aside with its place and a code, once, and the others are stored", async () => {
    const batch = [messageOf({ hello: "world" }, 77), ...journey()];
    await recordMessages(recording, batch);
    await recordMessages(recording, batch);
    expect(await rows("SELECT stream_sequence, code FROM rejected_events")).toEqual([
      { stream_sequence: "77", code: "not_an_event" },
    ]);
    expect(await countOf("events")).toEqual([{ n: 4 }]);
  });

  it("is found and set aside when only PostgreSQL refuses it", async () => {
    // ISO 8601 has a year 0, and the contracts allow it; PostgreSQL's calendar has none.
    const impossible = sampleEvent("document.received", { time: "0000-01-01T00:00:00.000Z" });
    const batch = [...journey(), messageOf(impossible, 50), ...journey(randomUUID(), 60), messageOf("none", 70)];
    await recordMessages(recording, batch);
    await recordMessages(recording, batch);
    expect(await countOf("events")).toEqual([{ n: 8 }]);
    expect(await rows("SELECT stream_sequence, code FROM rejected_events ORDER BY stream_sequence")).toEqual([
      { stream_sequence: "50", code: "refused_by_database" },
      { stream_sequence: "70", code: "not_an_event" },
    ]);
  });
});

describe("a document's row that somebody has been at", () => {
  // Where writing the row fails, and what somebody has put into it that can be read and not written.
  const tampered: readonly (readonly [where: string, column: string, value: string])[] = [
    ["audit", "size_bytes", "9007199254740993"],
    ["PostgreSQL", "received_at", "'20000-01-01T00:00:00Z'"],
  ];
  it.each(tampered)(
    "keeps the whole batch in the stream when %s cannot write it, until the documents are rebuilt",
    async (_where, column, value) => {
      const [received, ...later] = journey(DOCUMENT_ID);
      await recordMessages(recording, received === undefined ? [] : [received]);
      await rows(`UPDATE documents SET ${column} = ${value}`);
      const batch = [...later, ...journey(randomUUID(), 5)];
      await expect(recordMessages(recording, batch)).rejects.toThrow();
      expect(await countOf("events")).toEqual([{ n: 1 }]);
      expect(await countOf("documents")).toEqual([{ n: 1 }]);
      expect(await countOf("rejected_events")).toEqual([{ n: 0 }]);
      await rebuildDocuments({ pool: database.pool });
      await recordMessages(recording, batch);
      expect(await countOf("events")).toEqual([{ n: 8 }]);
      expect(await rows("SELECT status FROM documents")).toEqual([{ status: "delivered" }, { status: "delivered" }]);
    },
  );
});

describe("a database that is away", () => {
  it("rejects the batch as temporary", async () => {
    const pool = testPool(UNREACHABLE_DATABASE);
    const error = await recordMessages(recordingInto(pool), journey()).catch((thrown: unknown) => thrown);
    expect(classifyDatabaseError(error)).toBe("temporary");
    await pool.end();
  });

  it("rejects the batch while its tables are not made yet", async () => {
    await database.pool.query("ALTER TABLE events RENAME TO elsewhere");
    const error = await recordMessages(recording, journey()).catch((thrown: unknown) => thrown);
    expect(classifyDatabaseError(error)).toBe("temporary");
  });

  it("leaves nothing of a transaction that it ended, and stores the batch the next time", async () => {
    const batch = journey();
    // The transaction waits at this lock, after its events are inserted, until it is ended from outside.
    const blocker = await database.pool.connect();
    await blocker.query("BEGIN; LOCK TABLE documents IN ACCESS EXCLUSIVE MODE");
    const storing = recordMessages(recording, batch).catch((thrown: unknown) => thrown);
    const waiting = `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    await expect.poll(async () => (await rows(waiting)).length).toBe(1);
    await rows(`SELECT pg_terminate_backend(pid) FROM (${waiting}) AS waiting`);
    expect(classifyDatabaseError(await storing)).toBe("temporary");
    await blocker.query("ROLLBACK");
    blocker.release();
    expect(await countOf("events")).toEqual([{ n: 0 }]);
    await recordMessages(recording, batch);
    expect(await countOf("documents")).toEqual([{ n: 1 }]);
  });
});
