// Real: the endpoint, PostgreSQL with events stored through the projection. Doubled: the network, requests being injected.
import { randomUUID } from "node:crypto";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { recordBatch } from "../consume-events.ts";
import { get, OTHER_KEY, OTHER_TENANT, testApi } from "../testing/audit-api.ts";
import { type AuditDatabase, auditDatabase, recordingInto } from "../testing/audit-database.ts";
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
  await recordBatch(recordingInto(database.pool), messages);
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

function cursorOf(key: readonly unknown[]): string {
  return Buffer.from(JSON.stringify(key)).toString("base64url");
}
