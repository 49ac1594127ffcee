// Real: PostgreSQL with audit's schema, events recorded and verified as in service, tampered with by SQL as the tables' owner.
// Doubled: the stream and the clock.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { inSnapshot } from "../database/transaction.ts";
import { type AuditDatabase, auditDatabase, recordingInto } from "../testing/audit-database.ts";
import { recordMessages } from "../testing/record-messages.ts";
import { messageOf, sampleEvent } from "../testing/sample-events.ts";
import { KEY, KEYS, newSigningKey } from "../testing/sample-record.ts";
import { databaseRecord } from "./database-record.ts";
import { HeadNotTrustedError } from "./record-chain.ts";
import { repairRecord } from "./repair-record.ts";
import { verifyRecord } from "./verify-record.ts";

const NEXT_DAY = "2026-11-24";
/** The day after the newest, on which a repair begins. */
const ANEW = "2026-11-25";

let database: AuditDatabase;
let sequence = 0;
/** Eight events: acme has the positions 1 to 3 on the first day, 6 to 8 on the next. */
beforeEach(async () => {
  database = await auditDatabase();
  await record("2026-11-23T10:00:00Z", ["acme", "acme", "acme", "globex", "globex"]);
  await record(`${NEXT_DAY}T10:00:00Z`, ["acme", "acme", "acme"]);
});
afterEach(() => database[Symbol.asyncDispose]());

function record(at: string, tenants: readonly string[]): Promise<void> {
  const messages = tenants.map((tenant_id) =>
    messageOf(sampleEvent("mail.received", { data: { tenant_id } }), ++sequence),
  );
  return recordMessages(recordingInto(database.pool, at), messages);
}
const sql = async (statement: string) => (await database.pool.query(statement)).rows;
const findings = async () =>
  (await inSnapshot(database.pool, (client) => verifyRecord(databaseRecord(client), KEYS))).findings;

describe("a repair", () => {
  const repair = () =>
    repairRecord({ pool: database.pool, key: KEY, trusted: KEYS, now: new Date(`${NEXT_DAY}T12:00:00Z`) });
  const named = async () =>
    (await findings()).map(({ fault, tenant_id = "the record", day }) => [fault, tenant_id, day]);
  const tampered = () => sql(`UPDATE segments SET digest = '\\x00' WHERE tenant_id = 'acme' AND day = '${NEXT_DAY}'`);

  it("changes nothing where every head can be trusted", async () => {
    expect(await repair()).toEqual([]);
    expect(await findings()).toEqual([]);
  });

  it("lets recording go on, of all tenants, and verify names what was tampered with and the break for ever", async () => {
    await tampered();
    expect(await repair()).toMatchObject([{ tenant_id: "acme", day: ANEW, position: 8, unaccounted: 0 }]);
    await record(`${NEXT_DAY}T13:00:00Z`, ["acme", "globex", "acme"]);
    const found = [
      ["signature_wrong", "acme", NEXT_DAY],
      ["begun_anew", "acme", ANEW],
    ];
    expect(await named()).toEqual(found);
    await record("2026-12-01T13:00:00Z", ["acme", "globex"]);
    expect(await named()).toEqual(found);
    expect(await repair()).toEqual([]);
  });

  it("accounts for what the head has lost, so that what is tampered with later is found beside it", async () => {
    await sql(`UPDATE segments SET event_count = 7 WHERE tenant_id = 'acme' AND day = '${NEXT_DAY}'`);
    expect(await repair()).toMatchObject([{ unaccounted: -4 }]);
    await record(`${ANEW}T09:00:00Z`, ["acme", "globex", "initech"]);
    const before = await named();
    expect(before.map(([fault]) => fault)).toEqual(["signature_wrong", "begun_anew"]);
    await sql("DELETE FROM segments WHERE tenant_id = 'initech'");
    await sql("DELETE FROM events WHERE tenant_id = 'initech'");
    expect(await named()).toEqual([...before, ["count_wrong", "the record", undefined]]);
  });

  it.each([
    ["edited", "UPDATE recording_head SET segment_count = 9"],
    ["taken away", "DELETE FROM recording_head"],
  ])("brings back the head of the record that was %s", async (_how, statement) => {
    await sql(statement);
    expect(await repair()).toMatchObject([{ tenant_id: "*", day: ANEW, position: 8, unaccounted: 0 }]);
    await record(`${ANEW}T09:00:00Z`, ["acme"]);
    expect(await named()).toEqual([["begun_anew", "the record", ANEW]]);
  });

  it("counts only where a trusted key has signed it", async () => {
    await tampered();
    const forger = newSigningKey();
    const forgery = { pool: database.pool, key: forger, trusted: KEYS, now: new Date(`${NEXT_DAY}T12:00:00Z`) };
    await repairRecord(forgery);
    await expect(record(`${ANEW}T09:00:00Z`, ["acme"])).rejects.toThrow(HeadNotTrustedError);
    expect((await named()).map(([fault]) => fault)).toEqual(["signature_wrong", "key_unknown"]);
  });

  it("does not cover what is tampered with after it", async () => {
    await tampered();
    await repair();
    await record(`${ANEW}T09:00:00Z`, ["acme"]);
    await sql(`UPDATE segments SET digest = '\\x00' WHERE tenant_id = 'acme' AND day = '${ANEW}'`);
    await expect(record(`${ANEW}T10:00:00Z`, ["acme"])).rejects.toThrow(HeadNotTrustedError);
  });
});
