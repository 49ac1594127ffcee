// Real: the endpoint, PostgreSQL with events stored through the projection. Doubled: the network, requests being injected.
import { randomUUID } from "node:crypto";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { ADMIN_KEY, get, OTHER_KEY, OTHER_TENANT, testApi } from "../testing/audit-api.ts";
import { type AuditDatabase, auditDatabase, recordingInto } from "../testing/audit-database.ts";
import { HISTORY_END, insertDocuments } from "../testing/history.ts";
import { recordMessages } from "../testing/record-messages.ts";
import { messageOf, sampleEvent } from "../testing/sample-events.ts";

const DOCUMENTS = 25;
/** Every fifth document shares its time with the one before, so that a page may end between two equal times. */
const receivedAt = (index: number) =>
  new Date(Date.UTC(2026, 10, 23, 9, 0, index - (index % 5 === 4 ? 1 : 0))).toISOString();
const ids = Array.from({ length: DOCUMENTS }, () => randomUUID());

let database: AuditDatabase;
let api: FastifyInstance;
beforeAll(async () => {
  database = await auditDatabase();
  api = testApi(database);
  const received = ids.map((document_id, index) =>
    sampleEvent("document.received", { time: receivedAt(index), data: { document_id } }),
  );
  const ended = ids
    .filter((_id, index) => index % 3 === 0)
    .map((document_id) =>
      sampleEvent("document.delivered", { time: "2026-11-23T10:00:00.000Z", data: { document_id } }),
    );
  const foreign = sampleEvent("document.received", { data: { document_id: randomUUID(), tenant_id: OTHER_TENANT } });
  const messages = [...received, ...ended, foreign].map((event, index) => messageOf(event, index));
  await recordMessages(recordingInto(database.pool), messages);
});
afterAll(async () => {
  await api.close();
  await database[Symbol.asyncDispose]();
});

const pageSchema = z.strictObject({
  documents: z.array(z.looseObject({ document_id: z.string(), status: z.string(), received_at: z.string() })),
  next_cursor: z.string().nullable(),
});

async function walk(query: string): Promise<z.output<typeof pageSchema>["documents"][]> {
  const pages = [];
  let cursor: string | null = "";
  while (cursor !== null) {
    const answer = await get(api, `/api/documents?${query}${cursor === "" ? "" : `&cursor=${cursor}`}`);
    const page = pageSchema.parse(answer.body);
    pages.push(page.documents);
    cursor = page.next_cursor;
  }
  return pages;
}
const newestFirst = ids
  .map((id, index) => ({ id, at: receivedAt(index) }))
  .sort((a, b) => b.at.localeCompare(a.at) || b.id.localeCompare(a.id))
  .map(({ id }) => id);

describe("GET /api/documents", () => {
  it("shows the tenant's documents, newest first", async () => {
    const [all] = await walk("");
    expect(all?.map(({ document_id }) => document_id)).toEqual(newestFirst);
  });

  it.each([1, 2, 7, 24, 25, 26])("shows each document on exactly one page of %i", async (limit) => {
    const pages = await walk(`limit=${limit}`);
    expect(pages.flat().map(({ document_id }) => document_id)).toEqual(newestFirst);
    expect(pages).toHaveLength(Math.ceil(DOCUMENTS / limit));
    for (const page of pages.slice(0, -1)) expect(page).toHaveLength(limit);
  });

  it("narrows to a status, page by page", async () => {
    const delivered = (await walk("status=delivered&limit=4")).flat();
    expect(delivered).toHaveLength(9);
    expect(new Set(delivered.map(({ status }) => status))).toEqual(new Set(["delivered"]));
    expect((await walk("status=received")).flat()).toHaveLength(DOCUMENTS - 9);
    expect((await walk("status=refused")).flat()).toEqual([]);
  });

  it("narrows to any of several statuses", async () => {
    const both = (await walk("status=delivered&status=received&limit=4")).flat();
    expect(both.map(({ document_id }) => document_id)).toEqual(newestFirst);
    expect((await walk("status=refused&status=delivered")).flat()).toHaveLength(9);
  });

  it("narrows to a time: from, and before", async () => {
    const [since, until] = [receivedAt(5), receivedAt(10)];
    const expected = newestFirst.filter(
      (id) => receivedAt(ids.indexOf(id)) >= since && receivedAt(ids.indexOf(id)) < until,
    );
    const shown = (await walk(`since=${since}&until=${until}&limit=2`)).flat();
    expect(shown.map(({ document_id }) => document_id)).toEqual(expected);
    const [inOtherZone] = await walk(`since=${encodeURIComponent("2026-11-23T11:00:10+02:00")}`);
    expect(inOtherZone?.length).toBe(newestFirst.filter((id) => receivedAt(ids.indexOf(id)) >= receivedAt(10)).length);
  });

  it("narrows to a sender, written as it was or in other letters", async () => {
    const data = { document_id: randomUUID(), sender_email: "orders@late.example" };
    const event = sampleEvent("document.received", { time: "2026-11-22T00:00:00.000Z", data });
    await recordMessages(recordingInto(database.pool), [messageOf(event, 1_000)]);
    for (const sender of ["orders@late.example", "Orders@LATE.example"]) {
      const shown = (await walk(`sender=${sender}`)).flat();
      expect(
        shown.map(({ document_id }) => document_id),
        sender,
      ).toEqual([data.document_id]);
    }
    expect((await walk("sender=orders@late.example&until=2026-11-21T00:00:00Z")).flat()).toEqual([]);
    expect((await walk("sender=nobody@late.example")).flat()).toEqual([]);
    await database.pool.query("DELETE FROM documents WHERE document_id = $1", [data.document_id]);
  });

  it("narrows to a code", async () => {
    const data = { document_id: randomUUID() };
    const event = sampleEvent("document.undeliverable", { time: "2026-11-22T00:00:00.000Z", data });
    await recordMessages(recordingInto(database.pool), [messageOf(event, 1_001)]);
    expect((await walk("code=erp_rejected")).flat()).toMatchObject([{ ...data, status: "undeliverable" }]);
    expect((await walk("code=erp_gone")).flat()).toEqual([]);
    await database.pool.query("DELETE FROM documents WHERE document_id = $1", [data.document_id]);
  });

  it("shows the operator all tenants' documents, or one's", async () => {
    const all = pageSchema.parse((await get(api, "/api/documents", ADMIN_KEY)).body);
    expect(all.documents).toHaveLength(DOCUMENTS + 1);
    const theirs = pageSchema.parse((await get(api, `/api/documents?tenant=${OTHER_TENANT}`, ADMIN_KEY)).body);
    expect(theirs.documents).toHaveLength(1);
  });

  it("shows a document's metadata flat, null where unknown", async () => {
    const [[newest] = []] = await walk("limit=1&status=received");
    expect(newest).toMatchObject({
      status: "received",
      size_bytes: 20_480,
      source: "sendgrid",
      code: null,
      provider: null,
    });
  });

  it("shows another tenant only its own", async () => {
    const page = pageSchema.parse((await get(api, "/api/documents", OTHER_KEY)).body);
    expect(page.documents).toHaveLength(1);
    expect(ids).not.toContain(page.documents[0]?.document_id);
  });

  it("shows another tenant nothing through a cursor of somebody else's", async () => {
    const { next_cursor } = pageSchema.parse((await get(api, "/api/documents?limit=3")).body);
    const page = pageSchema.parse((await get(api, `/api/documents?cursor=${next_cursor}`, OTHER_KEY)).body);
    for (const { document_id } of page.documents) expect(ids).not.toContain(document_id);
  });

  it.each([
    "limit=0",
    "limit=201",
    "limit=-1",
    "limit=1.5",
    "limit=ten",
    "limit=",
    "limit=5&limit=6",
    "status=lost",
    "status=",
    "status=delivered&status=lost",
    `${"status=delivered&".repeat(9)}limit=5`,
    "code=lost",
    "code=toString",
    "sender=supplier",
    "since=2026-11-23",
    "until=0000-01-01T00:00:00Z",
    `since=2026-11-23T09:00:00.${"0".repeat(30)}Z`,
    "cursor=",
    "cursor=%00",
    "cursor=bm90IGpzb24",
    `cursor=${cursorOf(["2026-11-23T09:00:00.000Z"])}`,
    `cursor=${cursorOf(["2026-11-23T09:00:00.000Z", "4711"])}`,
    `cursor=${cursorOf(["yesterday", "0b8e7a2c-90c4-8f64-8d5e-5d1f2c3b4a02"])}`,
    `cursor=${cursorOf(["0000-01-01T00:00:00.000Z", "0b8e7a2c-90c4-8f64-8d5e-5d1f2c3b4a02"])}`,
    `cursor=${"x".repeat(300)}`,
    "tenant_id=globex",
    "limt=5",
  ])("refuses ?%s", async (query) => {
    expect(await get(api, `/api/documents?${query}`)).toEqual({ status: 400, body: { error: "malformed_request" } });
  });

  it("allows the largest page it promises", async () => {
    expect((await get(api, "/api/documents?limit=200")).status).toBe(200);
  });
});

describe("paging through 10,000 documents while new ones arrive", () => {
  const MANY = 10_000;
  let large: AuditDatabase;
  beforeAll(async () => {
    large = await auditDatabase();
    await insertDocuments(large.pool, MANY);
  });
  afterAll(() => large[Symbol.asyncDispose]());

  it.each(["limit=200", "limit=200&status=delivered&status=received"])(
    "shows each that was there once, in order, with ?%s",
    async (query) => {
      const busy = testApi(large);
      const { rows } = await large.pool.query(
        `SELECT document_id FROM documents
         WHERE $1::text[] IS NULL OR status = ANY ($1)
         ORDER BY received_at DESC, document_id DESC`,
        [query.includes("status") ? ["delivered", "received"] : null],
      );
      const expected = rows.map(({ document_id }) => document_id);
      const seen: string[] = [];
      let cursor: string | null = "";
      for (let second = 0; cursor !== null; second += 1) {
        const url: string = `/api/documents?${query}${cursor === "" ? "" : `&cursor=${cursor}`}`;
        const page = pageSchema.parse((await get(busy, url)).body);
        seen.push(...page.documents.map(({ document_id }) => document_id));
        cursor = page.next_cursor;
        const time = new Date(Date.parse(HISTORY_END) + second * 1_000).toISOString();
        const arriving = sampleEvent("document.received", { time, data: { document_id: randomUUID() } });
        await recordMessages(recordingInto(large.pool), [messageOf(arriving, second)]);
      }
      expect(seen.length).toBeGreaterThan(2_000);
      expect(seen).toEqual(expected);
      await busy.close();
    },
  );
});

function cursorOf(key: readonly unknown[]): string {
  return Buffer.from(JSON.stringify(key)).toString("base64url");
}
