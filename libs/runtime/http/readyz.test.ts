// Real: Fastify, API keys. Doubled: whether the service is ready, and what holds in it.
import { type ScrubFault, tenantIdSchema } from "@flowstate/contracts";
import { describe, expect, it } from "vitest";
import { adminKeyOf, apiKeyOf, configuredKeys, digestOfKey } from "../api-keys.ts";
import { createLogger } from "../logger.ts";
import { readyz } from "./readyz.ts";
import { createHttpServer } from "./server.ts";

const ADMIN_KEY = "the-operators-own-key-0123456789";
const TENANT_KEY = "the-key-of-a-tenant-0123456789";
const keys = configuredKeys([adminKeyOf(digestOfKey(ADMIN_KEY)), apiKeyOf(TENANT_KEY, tenantIdSchema.parse("acme"))]);
const hardening = { node_flags: true, no_swap: false };

async function asked(
  headers: Readonly<Record<string, string>>,
  { isReady = true, fault }: { readonly isReady?: boolean; readonly fault?: ScrubFault } = {},
) {
  await using server = createHttpServer({
    logger: createLogger("test", "error", { write: () => {} }),
    requestTimeoutMs: 5_000,
  });
  readyz(server, { keys, hardening, scrubFault: () => fault, isReady: () => isReady });
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
    const body = { status: "ready", hardening, scrub_fault: null };
    expect(await asked({ "x-api-key": ADMIN_KEY })).toEqual({ status: 200, body });
  });

  it.each([{ isReady: false }, { fault: "scrub_failed" as const }, { fault: "scrub_overdue" as const }])(
    "answers 503 while there is %o, and tells the operator what of it is a scrub's",
    async (state) => {
      const body = { error: "temporarily_unavailable" };
      expect(await asked({ "x-api-key": TENANT_KEY }, state)).toEqual({ status: 503, body });
      const told = { ...body, hardening, scrub_fault: state.fault ?? null };
      expect(await asked({ "x-api-key": ADMIN_KEY }, state)).toEqual({ status: 503, body: told });
    },
  );
});
