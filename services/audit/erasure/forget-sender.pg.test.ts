// Real: PostgreSQL with audit's schema, events recorded and verified as in service. Doubled: the stream and the clock.
import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { databaseRecord } from "../chain/database-record.ts";
import { verifyRecord } from "../chain/verify-record.ts";
import { inSnapshot } from "../database/transaction.ts";
import { rebuildDocuments } from "../projection/rebuild-documents.ts";
import { retentionPolicy } from "../retention/retention-policy.ts";
import { runRetention } from "../retention/run-retention.ts";
import { type AuditDatabase, auditDatabase, recordingInto } from "../testing/audit-database.ts";
import { recordMessages } from "../testing/record-messages.ts";
import { messageOf, sampleEvent } from "../testing/sample-events.ts";
import { KEY, KEYS } from "../testing/sample-record.ts";
import { forgetEverywhere, forgetSender } from "./forget-sender.ts";

const ADDRESS = "ann.other@supplier.example";
const OTHER = "joann.other@supplier.example";
const now = new Date("2026-11-24T12:00:00Z");

let database: AuditDatabase;
beforeEach(async () => {
  database = await auditDatabase();
});
afterEach(async () => {
  await database[Symbol.asyncDispose]();
});

const sql = async (statement: string): Promise<Record<string, unknown>[]> =>
  (await database.pool.query(statement)).rows;
const forget = (address = ADDRESS) => forgetSender({ pool: database.pool, key: KEY, trusted: KEYS, now }, address);
const findings = async () =>
  (await inSnapshot(database.pool, (client) => verifyRecord(databaseRecord(client), KEYS))).findings;

/** A mail with one document from each sender, recorded at a moment. */
async function record(senders: readonly string[], at = "2026-11-23T12:00:00Z"): Promise<void> {
  const messages = senders.flatMap((sender_email) => [
    sampleEvent("mail.received", { data: { sender_email } }),
    sampleEvent("document.received", { data: { sender_email, document_id: randomUUID() } }),
    sampleEvent("mail.unroutable", { data: { sender_email } }),
  ]);
  await recordMessages(
    recordingInto(database.pool, at),
    messages.map((event, index) => messageOf(event, index)),
  );
}

/** Everything that any row of any table says. */
async function everything(): Promise<string> {
  const tables = ["events", "documents", "segments", "recording_head", "erasures", "retention_runs", "rejected_events"];
  return JSON.stringify(await Promise.all(tables.map((table) => sql(`SELECT * FROM ${table}`))));
}

describe("forgetting a sender", () => {
  it("leaves the address nowhere, however it was spelled, and every other one where it was", async () => {
    await record([ADDRESS, OTHER, ADDRESS.toUpperCase()]);
    const { pseudonym, ...counts } = await forget("Ann.Other@Supplier.example");
    expect(counts).toEqual({ events: 6, documents: 2, tampered: 0 });
    expect((await everything()).toLowerCase().replaceAll(OTHER, "")).not.toContain(ADDRESS);
    expect(await sql("SELECT sender_email, count(*)::int AS n FROM events GROUP BY 1 ORDER BY 1")).toEqual([
      { sender_email: pseudonym, n: 6 },
      { sender_email: OTHER, n: 3 },
    ]);
    expect(await sql("SELECT sender_email, count(*)::int AS n FROM documents GROUP BY 1 ORDER BY 1")).toEqual([
      { sender_email: pseudonym, n: 2 },
      { sender_email: OTHER, n: 1 },
    ]);
    expect(await sql("SELECT * FROM erasures")).toEqual([
      { pseudonym, erased_at: now, events: "6", documents: "2", stream_messages: "0" },
    ]);
  });

  it("leaves a record that verifies, also after retention, and one that still finds tampering", async () => {
    await record([ADDRESS, OTHER], "2026-01-30T12:00:00Z");
    await record([ADDRESS, OTHER]);
    await forget();
    expect(await findings()).toEqual([]);
    const policy = retentionPolicy([], { starter: 30, growth: 30, scale: 30 });
    await runRetention({ pool: database.pool, policy, now, key: KEY, trusted: KEYS });
    expect(await sql("SELECT count(*)::int AS n FROM events")).toEqual([{ n: 6 }]);
    expect(await findings()).toEqual([]);
    await record([OTHER], "2026-11-24T12:00:00Z");
    expect(await findings()).toEqual([]);
    await sql(`UPDATE events SET sender_email = '${OTHER}' WHERE sender_salt IS NULL`);
    expect((await findings()).map(({ fault }) => fault)).toEqual(["erasure_unsigned", "erasure_unsigned"]);
  });

  it("leaves documents that a rebuild folds the same", async () => {
    await record([ADDRESS, OTHER]);
    await forget();
    const documents = await sql("SELECT * FROM documents ORDER BY document_id");
    await rebuildDocuments({ pool: database.pool });
    expect(await sql("SELECT * FROM documents ORDER BY document_id")).toEqual(documents);
  });

  it("goes on over batches while events are recorded, under one pseudonym", async () => {
    await record(Array.from({ length: 400 }, () => ADDRESS));
    const [{ events, pseudonym }] = await Promise.all([forget(), record([OTHER]), record([OTHER])]);
    expect(events).toBe(1_200);
    expect(await sql("SELECT DISTINCT sender_email FROM events ORDER BY 1")).toEqual([
      { sender_email: pseudonym },
      { sender_email: OTHER },
    ]);
    expect(await findings()).toEqual([]);
  });

  it("erases also what is recorded while the stream is being read", async () => {
    await record([ADDRESS]);
    const forgetting = { pool: database.pool, key: KEY, trusted: KEYS, now };
    const forgotten = await forgetEverywhere(forgetting, ADDRESS, async () => {
      await record([ADDRESS]);
      return { erased: 6, pending: 0 };
    });
    expect(forgotten).toMatchObject({ events: 6, documents: 2, stream: { erased: 6, pending: 0 } });
    expect(await everything()).not.toContain(ADDRESS);
    expect(await sql("SELECT events, stream_messages FROM erasures")).toEqual([{ events: "6", stream_messages: "6" }]);
  });

  it("finds nothing the second time", async () => {
    await record([ADDRESS]);
    await forget();
    expect(await forget()).toMatchObject({ events: 0, documents: 0 });
  });

  it("finds no row whose address was tampered with, and neither vouches for it nor hides it", async () => {
    await record([ADDRESS]);
    await sql(`UPDATE events SET sender_email = '${OTHER}' WHERE position = 1`);
    await sql("UPDATE events SET sender_salt = '\\x00' WHERE position = 2");
    const changed = { fault: "event_changed", event: { position: 1 } };
    expect(await findings()).toMatchObject([changed]);
    // The one says another address; the other is erased, without a signature.
    expect(await forget()).toMatchObject({ tampered: 1 });
    expect(await everything()).not.toContain(`"${ADDRESS}"`);
    expect(await findings()).toMatchObject([changed]);
    expect(await sql("SELECT count(erasure_signature)::int AS n FROM events WHERE position < 3")).toEqual([{ n: 0 }]);
  });

  it("does not vouch for an address that somebody else has put there, and takes it away all the same", async () => {
    await record([OTHER]);
    await sql(`UPDATE events SET sender_email = '${ADDRESS}' WHERE position = 2`);
    expect(await forget()).toMatchObject({ events: 1, tampered: 1 });
    expect(await everything()).not.toContain(`"${ADDRESS}"`);
    expect(await findings()).toMatchObject([{ fault: "event_changed", event: { position: 2 } }]);
  });
});
