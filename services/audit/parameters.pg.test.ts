// Real: every endpoint that needs a key, and PostgreSQL, which must not be what refuses. Doubled: the network, requests being
// injected.
import { tenantIdSchema } from "@flowstate/contracts";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ENDPOINTS } from "./routes/endpoints.ts";
import { ADMIN_KEY, testApi } from "./testing/audit-api.ts";
import { type AuditDatabase, auditDatabase } from "./testing/audit-database.ts";
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

/** No parameter of any endpoint can be any of these, but for those that a tenant might be called. */
const GARBAGE = [
  "",
  " ",
  "%00",
  "%ff",
  "null",
  "undefined",
  "[object Object]",
  "NaN",
  "-1",
  "1e3",
  "0x1",
  "99999999999999999999",
  "' OR '1'='1",
  "%27;DROP TABLE events;--",
  "../../etc/passwd",
  "__proto__",
  "constructor",
  "x".repeat(5_000),
  "💥",
  "2026-13-01T00:00:00Z",
  "2026-11-23",
  "yesterday",
  "0000-01-01T00:00:00Z",
  "-000001-01-01T00:00:00Z",
  "2026-11-23T10:00:00",
  "a@",
  "@supplier.example",
  "Acme",
];

const urlOf = (path: string) => path.replace(":id", DOCUMENT_ID);
const REQUESTS = ENDPOINTS.map((endpoint) => ({ ...endpoint, name: `${endpoint.method} ${endpoint.path}` }));

async function statusOf(method: "GET" | "POST", url: string): Promise<[number, string]> {
  const answer = await api.inject({ method, url, headers: { "x-api-key": ADMIN_KEY } });
  return [answer.statusCode, answer.body];
}
const REFUSED = [400, '{"error":"malformed_request"}'];

describe.each(REQUESTS)("$name", ({ method, path, query }) => {
  it("refuses garbage in each of its parameters", async () => {
    for (const parameter of Object.keys(query.shape)) {
      const impossible = GARBAGE.filter((text) => parameter !== "tenant" || !tenantIdSchema.safeParse(text).success);
      expect(impossible.length).toBeGreaterThan(15);
      for (const garbage of impossible) {
        const sent = garbage.startsWith("%") ? garbage : encodeURIComponent(garbage);
        expect(await statusOf(method, `${urlOf(path)}?${parameter}=${sent}`), `${parameter}=${garbage}`).toEqual(
          REFUSED,
        );
      }
    }
  });

  it("refuses a time that ends before it begins, where it takes times", async () => {
    const [early, late] = ["2026-11-23T10:00:00Z", "2026-11-23T10:00:00.001Z"];
    const isAboutTime = "since" in query.shape;
    expect("until" in query.shape).toBe(isAboutTime);
    if (!isAboutTime) return;
    expect(await statusOf(method, `${urlOf(path)}?since=${late}&until=${early}`)).toEqual(REFUSED);
    expect((await statusOf(method, `${urlOf(path)}?since=${early}&until=${late}`))[0]).toBe(200);
    // The same moment, written with another offset.
    const same = `${urlOf(path)}?since=${encodeURIComponent("2026-11-23T11:00:00+01:00")}&until=${late}`;
    expect((await statusOf(method, same))[0]).toBe(200);
  });

  it("refuses a parameter that it does not know", async () => {
    for (const parameter of ["limt", "tenant_id", "offset", "order", "__proto__", "toString", "constructor"]) {
      expect(await statusOf(method, `${urlOf(path)}?${parameter}=1`), parameter).toEqual(REFUSED);
    }
  });

  it("refuses a parameter that comes twice, unless it is one of which any may hold", async () => {
    for (const parameter of Object.keys(query.shape)) {
      if (parameter === "status") continue;
      expect(await statusOf(method, `${urlOf(path)}?${parameter}=1&${parameter}=1`), parameter).toEqual(REFUSED);
    }
  });

  it("has no other method", async () => {
    for (const other of ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"] as const) {
      if (other === method) continue;
      const answer = await api.inject({ method: other, url: urlOf(path), headers: { "x-api-key": ADMIN_KEY } });
      expect([other, answer.statusCode]).toEqual([other, 405]);
    }
  });
});
