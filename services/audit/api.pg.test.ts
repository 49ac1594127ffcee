// Real: every endpoint's authentication, the HTTP edge, PostgreSQL. Doubled: the network, requests being injected.
import { createServer, type Socket } from "node:net";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ADMIN_KEY, get, HARDENING, KEY, testApi } from "./testing/audit-api.ts";
import { type AuditDatabase, auditDatabase, testPool, UNREACHABLE_DATABASE } from "./testing/audit-database.ts";
import { DOCUMENT_ID } from "./testing/sample-events.ts";

let database: AuditDatabase;
let api: FastifyInstance;
beforeAll(async () => {
  database = await auditDatabase();
  api = testApi(database);
});
afterAll(async () => {
  await api.close();
  await database[Symbol.asyncDispose]();
});

const GUARDED = [
  "/api/documents",
  `/api/documents/${DOCUMENT_ID}`,
  "/api/documents/none",
  "/api/events",
  "/api/events?limit=0",
];

describe.each(GUARDED)("GET %s", (url) => {
  it.each([
    ["without a key", {}],
    ["with an empty key", { "x-api-key": "" }],
    ["with a wrong key", { "x-api-key": `${KEY}x` }],
    ["with the beginning of the key", { "x-api-key": KEY.slice(0, -1) }],
    ["with the key given twice", { "x-api-key": [KEY, KEY] }],
    ["with the key in another header", { authorization: `Bearer ${KEY}` }],
  ])("is refused %s", async (_what, headers) => {
    const answer = await api.inject({ method: "GET", url, headers });
    expect([answer.statusCode, answer.body]).toEqual([401, '{"error":"authentication_failed"}']);
  });
});

describe("the API", () => {
  it.each(["/api", "/api/documents/x/y", "/api/export", "/admin"])("does not have %s", async (path) => {
    expect(await get(api, path)).toEqual({ status: 404, body: { error: "not_found" } });
  });

  it.each(["POST", "PUT", "DELETE"] as const)("has no document to %s", async (method) => {
    const answer = await api.inject({ method, url: "/api/documents", headers: { "x-api-key": KEY } });
    expect([answer.statusCode, answer.json()]).toEqual([405, { error: "method_not_allowed" }]);
  });

  it("forbids caches to keep its answers", async () => {
    const answer = await api.inject({ method: "GET", url: "/api/documents", headers: { "x-api-key": KEY } });
    expect(answer.headers["cache-control"]).toBe("no-store");
  });

  it("says where it does not stand ready, to anybody", async () => {
    const starting = testApi(database, { isReady: async () => false });
    expect(await get(starting, "/readyz", "")).toEqual({ status: 503, body: { error: "temporarily_unavailable" } });
    expect(await get(starting, "/livez", "")).toEqual({ status: 200, body: { status: "live" } });
    expect(await get(api, "/readyz", "")).toEqual({ status: 200, body: { status: "ready" } });
    await starting.close();
  });

  it("tells the operator, and no tenant, which measures of the hardening hold", async () => {
    const ready = { status: "ready", hardening: HARDENING, scrub_fault: null };
    expect(await get(api, "/readyz", ADMIN_KEY)).toEqual({ status: 200, body: ready });
    expect(await get(api, "/readyz", KEY)).toEqual({ status: 200, body: { status: "ready" } });
  });
});

describe("while the database is away", () => {
  it.each([
    "/api/documents",
    `/api/documents/${DOCUMENT_ID}`,
    "/api/events",
    "/api/stats",
    "/api/stream",
    "/api/export.csv",
    "/api/export.ndjson",
  ])("GET %s answers 503", async (url) => {
    const pool = testPool(UNREACHABLE_DATABASE);
    const away = testApi({ pool, apiPool: pool });
    const answer = await away.inject({ method: "GET", url, headers: { "x-api-key": KEY } });
    expect([answer.statusCode, answer.body]).toEqual([503, '{"error":"temporarily_unavailable"}']);
    expect(answer.headers["retry-after"]).toMatch(/^\d+$/);
    await away.close();
    await pool.end();
  });

  // Both wait for as long as a connection may take, and neither for the other.
  it.concurrent("answers 503 when it accepts connections and then says nothing", async () => {
    const sockets: Socket[] = [];
    const mute = createServer((socket) => sockets.push(socket));
    await new Promise<void>((resolve) => mute.listen(0, "127.0.0.1", resolve));
    const address = mute.address();
    if (address === null || typeof address === "string") throw new TypeError("the server has no port");
    const pool = testPool(`postgres://nobody:nothing@127.0.0.1:${address.port}/none`);
    const away = testApi({ pool, apiPool: pool });
    expect((await get(away, "/api/documents")).status).toBe(503);
    await away.close();
    await pool.end();
    for (const socket of sockets) socket.destroy();
    mute.close();
  });

  it.concurrent("answers 503 while the connections are all taken, and again when one is free", async () => {
    const pool = testPool(database.apiUrl, 1);
    const busy = testApi({ pool, apiPool: pool });
    const taken = await pool.connect();
    expect((await get(busy, "/api/documents")).status).toBe(503);
    taken.release();
    expect((await get(busy, "/api/documents")).status).toBe(200);
    await busy.close();
    await pool.end();
  });
});
