// Real: Fastify, API keys, the hardening check of this process. Doubled: whether ingest is ready.
import { adminKeyOf, configuredKeys, createHttpServer, createLogger, digestOfKey } from "@flowstate/runtime";
import { describe, expect, it } from "vitest";
import { readyz } from "./readyz.ts";

const ADMIN_KEY = "the-operators-own-key-0123456789";

async function asked(headers: Readonly<Record<string, string>>, isReady = true) {
  await using server = createHttpServer({
    logger: createLogger("test", "error", { write: () => {} }),
    requestTimeoutMs: 5_000,
  });
  const adminKeys = configuredKeys([adminKeyOf(digestOfKey(ADMIN_KEY))]);
  await server.register(readyz, { adminKeys, isReady: () => isReady });
  const answer = await server.inject({ url: "/readyz", headers: { host: "x", ...headers } });
  return { status: answer.statusCode, body: answer.json() };
}

describe("GET /readyz", () => {
  it("tells anybody that ingest is ready, and nothing else", async () => {
    expect(await asked({})).toEqual({ status: 200, body: { status: "ready" } });
    expect(await asked({ "x-api-key": "wrong" })).toEqual({ status: 200, body: { status: "ready" } });
  });

  it("tells the operator which measures of the hardening hold", async () => {
    const { status, body } = await asked({ "x-api-key": ADMIN_KEY });
    expect(status).toBe(200);
    expect(body).toEqual({
      status: "ready",
      hardening: {
        node_flags: false,
        no_memory_dumps: true,
        glibc_scrubbing: false,
        no_core_dump: expect.any(Boolean),
        no_swap: expect.any(Boolean),
      },
    });
  });

  it("answers 503 to everybody while ingest is not ready", async () => {
    expect((await asked({ "x-api-key": ADMIN_KEY }, false)).status).toBe(503);
  });
});
