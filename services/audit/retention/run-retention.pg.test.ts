// Real: PostgreSQL with audit's schema, events recorded and verified as in service, several connections at once. Doubled:
// the stream and the clock.
import { randomUUID } from "node:crypto";
import { tenantIdSchema } from "@flowstate/contracts";
import type { StreamMessage } from "@flowstate/messaging";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { databaseRecord } from "../chain/database-record.ts";
import { verifyRecord } from "../chain/verify-record.ts";
import { inSnapshot } from "../database/transaction.ts";
import { daysBefore } from "../days.ts";
import { type AuditDatabase, auditDatabase, recordingInto, silentLogger, testPool } from "../testing/audit-database.ts";
import { recordMessages } from "../testing/record-messages.ts";
import { messageOf, sampleEvent } from "../testing/sample-events.ts";
import { KEY, KEYS } from "../testing/sample-record.ts";
import { retainOnce } from "./keep-retention.ts";
import { retentionPolicy } from "./retention-policy.ts";
import { planRetention, type RetentionResult, runRetention } from "./run-retention.ts";

const tenants = (["starter", "growth", "scale"] as const).map((plan) => ({ id: tenantIdSchema.parse(plan), plan }));
const policy = retentionPolicy(tenants, { starter: 30, growth: 90, scale: 365 });
const noon = (day: string) => `${day}T12:00:00Z`;

let database: AuditDatabase;
beforeEach(async () => {
  database = await auditDatabase();
});
afterEach(async () => {
  await database[Symbol.asyncDispose]();
});

const sql = async (statement: string): Promise<Record<string, unknown>[]> =>
  (await database.pool.query(statement)).rows;
const record = (day: string, messages: readonly StreamMessage[]) =>
  recordMessages(recordingInto(database.pool, noon(day)), messages);
const retain = (day: string, pool = database.pool): Promise<RetentionResult | undefined> =>
  runRetention({ pool, policy, now: new Date(noon(day)), key: KEY, trusted: KEYS });
const plan = (day: string) => planRetention({ pool: database.pool, policy, now: new Date(noon(day)), trusted: KEYS });
const findings = async () =>
  (await inSnapshot(database.pool, (client) => verifyRecord(databaseRecord(client), KEYS))).findings;

/** A delivered document's events, of which the last few are left out. */
function journey(tenant: string, documentId: string = randomUUID(), steps = 3): StreamMessage[] {
  const types = ["document.received", "document.extracted", "document.delivered"] as const;
  return types
    .slice(0, steps)
    .map((type, step) =>
      messageOf(sampleEvent(type, { data: { tenant_id: tenant, document_id: documentId } }), step + 1),
    );
}
const unroutable = () => messageOf(sampleEvent("mail.unroutable"), 9);

describe("retention", () => {
  it("removes each plan's events on their day and no others, and says before what it will remove", async () => {
    const days = ["2026-01-30", "2026-01-31", "2026-02-01", "2026-03-01"];
    for (const day of days) {
      await record(day, [
        ...["starter", "growth", "scale", "departed"].flatMap((tenant) => journey(tenant)),
        unroutable(),
      ]);
    }
    const kept = [
      ["starter", 30],
      ["growth", 90],
      ["scale", 365],
      ["departed", 365],
      ["_", 30],
    ] as const;
    const expected = (today: string) =>
      kept.flatMap(([tenant, keptDays]) =>
        days
          .filter((day) => day > daysBefore(today, keptDays))
          .map((day) => ({ tenant, day, events: tenant === "_" ? 1 : 3 })),
      );
    const byDay = ({ tenant, day }: Record<string, unknown>) => `${tenant} ${day}`;
    const sorted = (rows: readonly Record<string, unknown>[]) =>
      rows.toSorted((a, b) => (byDay(a) < byDay(b) ? -1 : 1));
    const present = async () =>
      sorted(
        await sql(`SELECT coalesce(tenant_id, '_') AS tenant, recorded_on AS day, count(*)::int AS events
          FROM events GROUP BY 1, 2`),
      );

    // The day before the first is due, then every day on which something is, and a day on which nothing is.
    const moments = ["2026-02-28", "2026-03-01", "2026-03-02", "2026-03-03", "2026-03-30", "2026-03-31", "2026-04-01"];
    moments.push("2026-04-30", "2026-05-01", "2026-05-02", "2026-05-29", "2026-05-30", "2027-01-29", "2027-01-30");
    moments.push("2027-01-31", "2027-02-01", "2027-02-28", "2027-03-01");
    for (const today of moments) {
      const before = await present();
      const planned = await plan(today);
      expect(await present()).toEqual(before);
      const documents = await sql("SELECT count(*)::int AS n FROM documents");
      expect(await retain(today), today).toEqual(planned);
      expect(await present(), today).toEqual(sorted(expected(today)));
      const gone = before.length - (await present()).length;
      expect(planned.segments).toBe(gone);
      expect(await sql(`SELECT count(*)::int + ${planned.documents} AS n FROM documents`)).toEqual(documents);
    }
    expect(await present()).toEqual([]);
    expect(await findings()).toEqual([]);
    expect(
      await sql("SELECT sum(events)::int AS events, sum(documents)::int AS documents FROM retention_runs"),
    ).toEqual([{ events: 52, documents: 16 }]);
  });

  it("leaves a record that verifies, and in which tampering is found as before", async () => {
    for (const day of ["2026-01-30", "2026-01-31", "2026-02-01"]) await record(day, journey("starter"));
    await retain("2026-03-02");
    expect(await sql("SELECT day, retired_on FROM segments ORDER BY day")).toEqual([
      { day: "2026-01-30", retired_on: "2026-03-02" },
      { day: "2026-01-31", retired_on: "2026-03-02" },
      { day: "2026-02-01", retired_on: null },
    ]);
    expect(await findings()).toEqual([]);
    await record("2026-03-02", journey("starter"));
    expect(await findings()).toEqual([]);
    await sql("DELETE FROM events WHERE recorded_on = '2026-02-01' AND segment_index = 3");
    expect(await findings()).toMatchObject([{ fault: "event_removed", event: { index: 3 } }]);
  });

  it("keeps a document of which something younger is known, folded from that alone", async () => {
    const documentId = randomUUID();
    await record("2026-01-30", journey("starter", documentId, 2));
    const delivered = sampleEvent("document.delivered", {
      time: noon("2026-01-31"),
      data: { tenant_id: "starter", document_id: documentId },
    });
    await record("2026-01-31", [messageOf(delivered, 5)]);
    expect(await plan("2026-03-01")).toMatchObject({ events: 2, documents: 0 });
    expect(await retain("2026-03-01")).toMatchObject({ events: 2, documents: 0 });
    expect(await sql("SELECT status, provider, received_at FROM documents")).toEqual([
      { status: "delivered", provider: null, received_at: new Date(noon("2026-01-31")) },
    ]);
    expect(await plan("2026-03-02")).toMatchObject({ events: 1, documents: 1 });
    expect(await retain("2026-03-02")).toMatchObject({ events: 1, documents: 1 });
    expect(await sql("SELECT FROM documents")).toEqual([]);
  });

  it("drops a month when nothing is left in it, unless somebody reads from it", async () => {
    const months = () =>
      sql("SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'events'::regclass");
    await record("2026-01-31", journey("starter"));
    await record("2026-02-01", journey("starter"));
    expect(await plan("2026-03-02")).toMatchObject({ partitions: 1 });
    const reader = await database.pool.connect();
    await reader.query("BEGIN; SELECT FROM events");
    expect(await retain("2026-03-02")).toMatchObject({ events: 3, partitions: 0 });
    await reader.query("COMMIT");
    reader.release();
    expect(await retain("2026-03-02")).toMatchObject({ events: 0, partitions: 1 });
    expect(await months()).toEqual([{ name: "events_2026_02" }]);
    expect(await findings()).toEqual([]);
  });

  it("removes in batches that end at a signed event, so that every state in between verifies", async () => {
    for (let batch = 0; batch < 5; batch += 1) {
      await record("2026-01-30", Array.from({ length: 250 }, () => journey("starter")).flat());
    }
    let done = false;
    const states: unknown[] = [];
    const whileRetaining = async (work: () => Promise<void>) => {
      while (!done) await work();
    };
    const retaining = retain("2026-03-01").finally(() => {
      done = true;
    });
    const [outcome] = await Promise.all([
      retaining,
      whileRetaining(() => record("2026-03-01", journey("growth"))),
      whileRetaining(async () => void states.push(...(await findings()))),
    ]);
    expect(outcome).toMatchObject({ events: 3_750, documents: 1_250 });
    expect(states).toEqual([]);
  });

  it("does no harm when instances do it at once", async () => {
    for (const tenant of ["starter", "other-starter"]) await record("2026-01-30", journey(tenant));
    const other = testPool(database.url);
    const outcomes = await Promise.all([
      retain("2027-06-01"),
      retain("2027-06-01", other),
      retain("2027-06-01", other),
    ]);
    expect(outcomes.filter((outcome) => outcome !== undefined).reduce((sum, { events }) => sum + events, 0)).toBe(6);
    expect(await findings()).toEqual([]);
    await other.end();
  });

  it("finishes what an interrupted run has begun", async () => {
    for (let batch = 0; batch < 3; batch += 1) {
      await record("2026-01-30", Array.from({ length: 250 }, () => journey("starter")).flat());
    }
    await sql(`CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN IF OLD.segment_index = 700 THEN RAISE 'away' USING ERRCODE = '57P01'; END IF; RETURN OLD; END $$`);
    await sql("CREATE TRIGGER interrupt BEFORE DELETE ON events FOR EACH ROW EXECUTE FUNCTION fail()");
    await expect(retain("2026-03-01")).rejects.toThrow();
    expect(await sql("SELECT count(*)::int AS n FROM events")).toEqual([{ n: 750 }]);
    expect(await findings()).toEqual([]);
    await sql("DROP TRIGGER interrupt ON events");
    expect(await plan("2026-03-02")).toMatchObject({ segments: 0, events: 750, documents: 250 });
    expect(await retain("2026-03-02")).toMatchObject({ segments: 0, events: 750, documents: 250 });
    expect(await findings()).toEqual([]);
  });

  it("removes what a backup has brought back, which verifying does not find", async () => {
    await record("2026-01-30", journey("starter"));
    await record("2026-02-20", journey("starter"));
    await sql("CREATE TABLE backup AS SELECT * FROM events WHERE recorded_on = '2026-01-30'");
    await retain("2026-03-01");
    await retain("2026-03-02");
    await sql(
      "CREATE TABLE IF NOT EXISTS events_2026_01 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2026-02-01')",
    );
    await sql("INSERT INTO events SELECT * FROM backup");
    expect(await findings()).toEqual([]);
    expect(await retain("2026-03-03")).toMatchObject({ segments: 0, events: 3 });
    expect(await sql("SELECT DISTINCT recorded_on FROM events")).toEqual([{ recorded_on: "2026-02-20" }]);
  });

  it("leaves a day whose head is not signed with a trusted key: it is what tells who has been at it", async () => {
    await record("2026-01-30", [...journey("starter"), unroutable()]);
    await sql("UPDATE segments SET digest = '\\x00' WHERE tenant_id = 'starter'");
    const planned = await plan("2026-03-01");
    expect(planned).toMatchObject({ segments: 1, events: 1, documents: 0, partitions: 0, untrusted: 1 });
    expect(await retain("2026-03-01")).toEqual(planned);
    expect(await findings()).toMatchObject([{ fault: "signature_wrong", tenant_id: "starter" }]);
    expect(await sql("SELECT untrusted::int FROM retention_runs")).toEqual([{ untrusted: 1 }]);
  });
});

describe("notes on messages that were set aside", () => {
  it("go with the events that belong to no tenant, however many, and a dry run tells how many", async () => {
    await sql(`INSERT INTO rejected_events SELECT n, 'not_an_event', timestamptz '2026-01-30T23:59:59.999Z'
      FROM generate_series(1, 2500) AS n`);
    await sql("INSERT INTO rejected_events VALUES (9001, 'refused_by_database', '2026-01-31T00:00:00Z')");
    expect(await retain("2026-02-28")).toMatchObject({ rejected: 0 });
    expect(await plan("2026-03-01")).toMatchObject({ rejected: 2_500 });
    expect(await retain("2026-03-01")).toMatchObject({ rejected: 2_500 });
    expect(await sql("SELECT code FROM rejected_events")).toEqual([{ code: "refused_by_database" }]);
    expect(await sql("SELECT rejected::int FROM retention_runs ORDER BY day")).toEqual([
      { rejected: 0 },
      { rejected: 2_500 },
    ]);
    expect(await retain("2026-03-02")).toMatchObject({ rejected: 1 });
  });
});

describe("the daily run", () => {
  const once = (at: string) =>
    retainOnce({
      pool: database.pool,
      policy,
      key: KEY,
      trusted: KEYS,
      logger: silentLogger,
      now: async () => new Date(at),
    });

  it("happens once a day, on whichever instance comes first", async () => {
    await record("2026-01-30", journey("starter"));
    await once("2026-02-28T23:59:59Z");
    await once("2026-03-01T00:00:00Z");
    await record("2026-03-01", journey("starter"));
    await once("2026-03-01T00:10:00Z");
    expect(await sql("SELECT day, finished_at, segments::int, events::int FROM retention_runs ORDER BY day")).toEqual([
      { day: "2026-02-28", finished_at: new Date("2026-02-28T23:59:59Z"), segments: 0, events: 0 },
      { day: "2026-03-01", finished_at: new Date("2026-03-01T00:00:00Z"), segments: 1, events: 3 },
    ]);
  });

  it("is postponed when the database is away", async () => {
    await sql("ALTER TABLE segments RENAME TO elsewhere");
    await once("2026-03-01T00:00:00Z");
    expect(await sql("SELECT FROM retention_runs")).toEqual([]);
  });
});
