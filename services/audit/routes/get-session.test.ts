// Real: the endpoint, its keys. Doubled: the network, requests being injected. No database is asked: none is there.
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  ADMIN_KEY,
  get,
  KEY,
  OTHER_KEY,
  READ_KEY,
  SUBMIT_KEY,
  TRACE_URL_TEMPLATE,
  testApi,
} from "../testing/audit-api.ts";
import { testPool, UNREACHABLE_DATABASE } from "../testing/audit-database.ts";

const pool = testPool(UNREACHABLE_DATABASE);
let api: FastifyInstance;
beforeAll(() => {
  api = testApi({ pool, apiPool: pool });
});
afterAll(async () => {
  await api.close();
  await pool.end();
});

const ACME = { id: "acme", plan: "starter", retention_days: 30 };
const GLOBEX = { id: "globex", plan: "scale", retention_days: 365 };

describe("GET /api/session", () => {
  it.each([
    ["acme", KEY, ACME],
    ["acme", READ_KEY, ACME],
    ["globex", OTHER_KEY, GLOBEX],
  ])("shows a key of %s its own tenant and no other", async (tenant, key, terms) => {
    expect(await get(api, "/api/session", key)).toEqual({
      status: 200,
      body: { scope: "tenant", tenant, tenants: [terms], trace_url_template: TRACE_URL_TEMPLATE },
    });
  });

  it("shows the operator's key all tenants", async () => {
    expect(await get(api, "/api/session", ADMIN_KEY)).toEqual({
      status: 200,
      body: { scope: "admin", tenant: null, tenants: [ACME, GLOBEX], trace_url_template: TRACE_URL_TEMPLATE },
    });
  });

  it("is for nobody who may only submit", async () => {
    expect(await get(api, "/api/session", SUBMIT_KEY)).toEqual({ status: 403, body: { error: "forbidden" } });
  });
});
