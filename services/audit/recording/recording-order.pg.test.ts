// Real: PostgreSQL with audit's schema, several connections at once. Doubled: the stream and the clock.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type AuditDatabase, auditDatabase, recordingInto } from "../testing/audit-database.ts";
import { recordMessages } from "../testing/record-messages.ts";
import { messageOf, sampleEvent } from "../testing/sample-events.ts";

let database: AuditDatabase;
beforeEach(async () => {
  database = await auditDatabase();
});
afterEach(async () => {
  await database[Symbol.asyncDispose]();
});

const rows = async (sql: string): Promise<unknown[]> => (await database.pool.query(sql)).rows;
/** Records so many new events at a moment of the instance's clock. */
function record(count: number, at: string): Promise<void> {
  const events = Array.from({ length: count }, (_, index) => messageOf(sampleEvent("mail.ignored"), index));
  return recordMessages(recordingInto(database.pool, at), events);
}

describe("the order of recording", () => {
  it("has no gap, however many instances record at once and whatever fails in between", async () => {
    await Promise.all([record(7, "2026-11-23T12:00:00Z"), record(5, "2026-11-23T12:00:00Z")]);
    await database.pool.query("ALTER TABLE recording_head RENAME COLUMN recorded_at TO elsewhere");
    await expect(record(3, "2026-11-23T12:00:00Z")).rejects.toThrow();
    await database.pool.query("ALTER TABLE recording_head RENAME COLUMN elsewhere TO recorded_at");
    await record(2, "2026-11-23T12:00:00Z");
    expect(await rows("SELECT position::int FROM events ORDER BY position")).toEqual(
      Array.from({ length: 14 }, (_, index) => ({ position: index + 1 })),
    );
  });

  it("is the order in which instances commit: what is stored later has a later position than all that can be seen", async () => {
    const blocker = await database.pool.connect();
    await blocker.query("BEGIN; LOCK TABLE recording_head IN SHARE MODE");
    const first = record(1, "2026-11-23T12:00:00Z");
    const waiting = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    await expect.poll(async () => (await rows(waiting)).length).toBe(1);
    // The first has inserted its event and cannot commit; the second does not even begin.
    const second = record(1, "2026-11-23T12:00:00Z");
    await expect.poll(async () => (await rows(waiting)).length).toBe(2);
    expect(await rows("SELECT position FROM events")).toEqual([]);
    await blocker.query("ROLLBACK");
    blocker.release();
    await Promise.all([first, second]);
    expect(await rows("SELECT position FROM events ORDER BY position")).toEqual([{ position: "1" }, { position: "2" }]);
  });

  it("does not depend on where the clocks of instances stand: no event is recorded on an earlier day than the one before", async () => {
    await record(1, "2026-11-23T23:59:59.999Z");
    await record(1, "2026-11-24T00:00:00.000Z");
    await record(1, "2026-11-23T23:59:59.999Z");
    expect(await rows("SELECT recorded_on FROM events ORDER BY position")).toEqual([
      { recorded_on: "2026-11-23" },
      { recorded_on: "2026-11-24" },
      { recorded_on: "2026-11-24" },
    ]);
  });
});

describe("a month's partition", () => {
  const partitions = () =>
    rows("SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'events'::regclass ORDER BY 1");

  it("is made by the transaction that needs it first, once, when instances need it at the same time", async () => {
    await record(1, "2026-11-30T23:59:59Z");
    await Promise.all(Array.from({ length: 4 }, () => record(1, "2026-12-01T00:00:00Z")));
    expect(await partitions()).toEqual([{ name: "events_2026_11" }, { name: "events_2026_12" }]);
    expect(await rows("SELECT count(*)::int AS n FROM ONLY events_2026_12")).toEqual([{ n: 4 }]);
  });

  it("is made while questions to the table are under way", async () => {
    await record(1, "2026-11-23T12:00:00Z");
    const reader = await database.pool.connect();
    await reader.query("BEGIN; SELECT FROM events");
    await record(1, "2026-12-01T12:00:00Z");
    await reader.query("ROLLBACK");
    reader.release();
    expect(await partitions()).toEqual([{ name: "events_2026_11" }, { name: "events_2026_12" }]);
  });

  it("is made again when it has gone", async () => {
    await record(1, "2026-11-23T12:00:00Z");
    await database.pool.query("DROP TABLE events_2026_11");
    await record(1, "2026-11-23T12:00:00Z");
    expect(await rows("SELECT position FROM events")).toEqual([{ position: "2" }]);
  });
});
