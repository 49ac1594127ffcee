// Real: the tail, PostgreSQL with the API's role and events stored as they are recorded. Doubled: nothing.
import { tenantIdSchema } from "@flowstate/contracts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Viewer } from "../routes/viewer.ts";
import { testAccess } from "../testing/audit-api.ts";
import { type AuditDatabase, auditDatabase, recordingInto } from "../testing/audit-database.ts";
import { recordMessages } from "../testing/record-messages.ts";
import { messageOf, sampleEvent, TENANT } from "../testing/sample-events.ts";
import { LiveTail, newestPosition, readPosition } from "./live-tail.ts";

const ACME: Viewer = { kind: "tenant", tenant: tenantIdSchema.parse(TENANT) };
const EVERYBODY: Viewer = { kind: "operator", tenant: undefined };

let database: AuditDatabase;
beforeAll(async () => {
  database = await auditDatabase();
  const events = Array.from({ length: 250 }, () => sampleEvent("document.received"));
  const messages = [...events, sampleEvent("mail.unroutable")].map((event, index) => messageOf(event, index + 1));
  await recordMessages(recordingInto(database.pool), messages);
});
afterAll(() => database[Symbol.asyncDispose]());

describe("the tail of the record", () => {
  it("is read page by page, each up to where it tells everything", async () => {
    const tail = new LiveTail(testAccess(database));
    const pages = [await tail.read(ACME, 0, 251), await tail.read(ACME, 100, 251), await tail.read(ACME, 200, 251)];
    expect(pages.map(({ recorded, upTo }) => [recorded.length, upTo])).toEqual([
      [100, 100],
      [100, 200],
      [50, 251],
    ]);
  });

  it("shares one answer among those who ask the same at the same time, and with nobody else", async () => {
    const tail = new LiveTail(testAccess(database));
    let connections = 0;
    database.apiPool.on("acquire", () => {
      connections += 1;
    });
    const [first, ...others] = await Promise.all(Array.from({ length: 50 }, () => tail.read(ACME, 0, 251)));
    expect(connections).toBe(1);
    for (const other of others) expect(other).toBe(first);
    const everybodys = await Promise.all([tail.read(EVERYBODY, 200, 251), tail.read(ACME, 200, 251)]);
    expect(everybodys.map(({ recorded }) => recorded.length)).toEqual([51, 50]);
    expect(await tail.read(ACME, 0, 251)).not.toBe(first);
  });

  it("ends for each viewer at the last event that it sees", async () => {
    const access = testAccess(database);
    expect(await readPosition(database.pool)).toBe(251);
    expect(await newestPosition(access, EVERYBODY)).toBe(251);
    expect(await newestPosition(access, ACME)).toBe(250);
    expect(await newestPosition(access, { kind: "tenant", tenant: tenantIdSchema.parse("globex") })).toBe(0);
  });
});
