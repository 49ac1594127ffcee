// Real: the endpoint, PostgreSQL with stored events. Doubled: the network, requests being injected.
import { randomUUID } from "node:crypto";
import { EVENT_TYPES } from "@flowstate/contracts";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { ADMIN_KEY, get, OTHER_KEY, OTHER_TENANT, testApi } from "../testing/audit-api.ts";
import { type AuditDatabase, auditDatabase, recordingInto } from "../testing/audit-database.ts";
import { recordMessages } from "../testing/record-messages.ts";
import { MAIL_ID, messageOf, sampleEvent } from "../testing/sample-events.ts";

let database: AuditDatabase;
let api: FastifyInstance;
const documentIds = [randomUUID(), randomUUID(), randomUUID()];
/** Three events share each second. */
const events = Array.from({ length: 30 }, (_, index) =>
  sampleEvent(index % 2 === 0 ? "document.received" : "document.duplicate", {
    time: new Date(Date.UTC(2026, 10, 23, 9, 0, Math.floor(index / 3))).toISOString(),
    data: { document_id: documentIds[index % 3] ?? randomUUID() },
  }),
);

beforeAll(async () => {
  database = await auditDatabase();
  api = testApi(database);
  const foreign = sampleEvent("mail.received", { data: { tenant_id: OTHER_TENANT } });
  const nobodys = sampleEvent("mail.unroutable");
  await recordMessages(recordingInto(database.pool), [
    ...events.map((event, index) => messageOf(event, index)),
    messageOf(foreign, 100),
    messageOf(nobodys, 101),
  ]);
});
afterAll(async () => {
  await api.close();
  await database[Symbol.asyncDispose]();
});

const pageSchema = z.strictObject({
  events: z.array(
    z.strictObject({
      id: z.string(),
      type: z.string(),
      time: z.string(),
      trace_id: z.string().nullable(),
      data: z.looseObject({}),
    }),
  ),
  next_cursor: z.string().nullable(),
});

async function walk(query: string): Promise<z.output<typeof pageSchema>["events"]> {
  const shown = [];
  let cursor: string | null = "";
  while (cursor !== null) {
    const answer = await get(api, `/api/events?${query}${cursor === "" ? "" : `&cursor=${cursor}`}`);
    const page = pageSchema.parse(answer.body);
    shown.push(...page.events);
    cursor = page.next_cursor;
  }
  return shown;
}
const newestFirst = events
  .map(({ id, time }, index) => ({ id, time, position: index + 1 }))
  .sort((a, b) => b.time.localeCompare(a.time) || b.position - a.position)
  .map(({ id }) => id);

describe("GET /api/events", () => {
  it.each(["", "limit=1", "limit=2", "limit=7", "limit=30", "limit=200"])(
    "shows each of the tenant's events once, newest first, with ?%s",
    async (query) => {
      expect((await walk(query)).map(({ id }) => id)).toEqual(newestFirst);
    },
  );

  it("narrows to a document", async () => {
    const [first] = documentIds;
    const shown = await walk(`document_id=${first}&limit=3`);
    expect(shown).toHaveLength(10);
    for (const { data } of shown) expect(data["document_id"]).toBe(first);
  });

  it("narrows to a mail", async () => {
    expect(await walk(`mail_id=${MAIL_ID}&limit=7`)).toHaveLength(30);
    expect(await walk(`mail_id=${randomUUID()}`)).toEqual([]);
  });

  it("narrows to a time: from, and before", async () => {
    const shown = await walk("since=2026-11-23T09:00:02Z&until=2026-11-23T09:00:04Z&limit=2");
    expect(shown.map(({ time }) => time)).toEqual([
      ...Array(3).fill("2026-11-23T09:00:03.000Z"),
      ...Array(3).fill("2026-11-23T09:00:02.000Z"),
    ]);
  });

  it("shows the operator everything, what belongs to no tenant included", async () => {
    const all = pageSchema.parse((await get(api, "/api/events?limit=200", ADMIN_KEY)).body);
    expect(all.events).toHaveLength(32);
    expect(all.events.filter(({ type }) => type === "mail.unroutable")).toHaveLength(1);
  });

  it("narrows to a type", async () => {
    const shown = await walk("type=document.duplicate&limit=4");
    expect(shown).toHaveLength(15);
    expect(new Set(shown.map(({ type }) => type))).toEqual(new Set(["document.duplicate"]));
  });

  it.each(EVENT_TYPES)("knows the type %s", async (type) => {
    expect((await get(api, `/api/events?type=${type}`)).status).toBe(200);
  });

  it("shows another tenant only its own, and nobody what belongs to no tenant", async () => {
    const page = pageSchema.parse((await get(api, "/api/events", OTHER_KEY)).body);
    expect(page.events.map(({ type }) => type)).toEqual(["mail.received"]);
    expect((await walk("type=mail.unroutable")).length).toBe(0);
    const theirs = pageSchema.parse((await get(api, `/api/events?document_id=${documentIds[0]}`, OTHER_KEY)).body);
    expect(theirs.events).toEqual([]);
  });

  it.each([
    "limit=0",
    "limit=201",
    "document_id=4711",
    "mail_id=4711",
    "since=now",
    "until=2026-11-23T25:00:00Z",
    "type=mail.forwarded",
    "type=toString",
    "type=",
    `cursor=${cursorOf(["2026-11-23T09:00:00.000Z", 1.5])}`,
    `cursor=${cursorOf(["2026-11-23T09:00:00.000Z", -1])}`,
    `cursor=${cursorOf(["2026-11-23T09:00:00.000Z"])}`,
    `cursor=${cursorOf({ length: 3 })}`,
    "status=delivered",
  ])("refuses ?%s", async (query) => {
    expect(await get(api, `/api/events?${query}`)).toEqual({ status: 400, body: { error: "malformed_request" } });
  });
});

function cursorOf(key: unknown): string {
  return Buffer.from(JSON.stringify(key)).toString("base64url");
}
