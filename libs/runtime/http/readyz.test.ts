// Real: Fastify, API keys. Doubled: whether the service is ready, and what holds in it.
import { tenantIdSchema } from "@flowstate/contracts";
import { describe, expect, it } from "vitest";
import { adminKeyOf, apiKeyOf, configuredKeys, digestOfKey } from "../api-keys.ts";
import { createLogger } from "../logger.ts";
import { readyz } from "./readyz.ts";
import { createHttpServer } from "./server.ts";

const ADMIN_KEY = "the-operators-own-key-0123456789";
const TENANT_KEY = "the-key-of-a-tenant-0123456789";
const keys = configuredKeys([adminKeyOf(digestOfKey(ADMIN_KEY)), apiKeyOf(TENANT_KEY, tenantIdSchema.parse("acme"))]);
const hardening = { node_flags: true, no_swap: false };

async function asked(headers: Readonly<Record<string, string>>, isReady = true) {
  await using server = createHttpServer({
    logger: createLogger("test", "error", { write: () => {} }),
    requestTimeoutMs: 5_000,
  });
  readyz(server, { keys, hardening, isReady: () => isReady });
  const answer = await server.inject({ url: "/readyz", headers: { host: "x", ...headers } });
  return { status: answer.statusCode, body: answer.json() };
}

describe("GET /readyz", () => {
  it.each([{}, { "x-api-key": "wrong" }, { "x-api-key": TENANT_KEY }])(
    "tells anybody that the service is ready, and nothing else, with %o",
    async (headers) => {
      expect(await asked(headers)).toEqual({ status: 200, body: { status: "ready" } });
    },
  );

  it("tells the operator which measures of the hardening hold", async () => {
    expect(await asked({ "x-api-key": ADMIN_KEY })).toEqual({ status: 200, body: { status: "ready", hardening } });
  });

  it("answers 503 to everybody while the service is not ready", async () => {
    for (const key of ["", ADMIN_KEY]) {
      const unready = { status: 503, body: { error: "temporarily_unavailable" } };
      expect(await asked({ "x-api-key": key }, false)).toEqual(unready);
    }
  });
});
