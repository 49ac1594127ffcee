import { tenantIdSchema } from "@flowstate/contracts";
import type { FastifyInstance } from "fastify";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { apiKeyOf, authenticateRequest, configuredKeys, type KeyStore } from "../api-keys.ts";
import { createLogger } from "../logger.ts";
import { limitRate } from "./limit-rate.ts";
import { createHttpServer } from "./server.ts";

/* Real: the server, its routes and their limits; requests are injected, nothing listens. Doubled: the clock. */

const MAX = 3;
const WINDOW_MS = 60_000;
const ACME = "key-of-acme-0123456789";
const ACME_TOO = "second-key-of-acme-0123456789";
const OTHER = "key-of-other-0123456789";
const acme = tenantIdSchema.parse("acme");
const keys = configuredKeys([
  apiKeyOf(ACME, acme),
  apiKeyOf(ACME_TOO, acme),
  apiKeyOf(OTHER, tenantIdSchema.parse("other")),
]);
const LIMITED = { status: 429, body: '{"error":"rate_limited"}' };

let server: FastifyInstance;
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: 1_800_000_000_000 }));
afterEach(async () => {
  vi.useRealTimers();
  await server.close();
});

/** An API scope with limits, and a webhook beside it. */
async function start(store: KeyStore = keys): Promise<void> {
  const logger = createLogger("ingest", "error", { write: () => {} });
  server = createHttpServer({ logger, requestTimeoutMs: 10_000 });
  await server.register(async (scope) => {
    await limitRate(scope, { max: MAX, windowMs: WINDOW_MS, keys: store });
    scope.post("/api/documents", async (request) => {
      const { tenant } = await authenticateRequest(request, store);
      return { tenant };
    });
  });
  server.post("/webhooks/sendgrid", async () => ({ status: "processed" }));
  await server.ready();
}

interface Sent {
  readonly key?: string;
  readonly from?: string;
  readonly path?: string;
}

async function post({ key, from = "203.0.113.7", path = "/api/documents" }: Sent) {
  const { statusCode, body, headers } = await server.inject({
    method: "POST",
    url: path,
    remoteAddress: from,
    headers: key === undefined ? {} : { "x-api-key": key },
  });
  return { status: statusCode, body, headers };
}

async function times(count: number, sent: Sent) {
  const answers = [];
  for (let n = 0; n < count; n += 1) answers.push(await post(sent));
  return answers;
}

const statuses = (answers: readonly { status: number }[]) => answers.map(({ status }) => status);

describe("a tenant", () => {
  it("has its requests answered up to the limit, and one too many answered 429 and nothing else", async () => {
    await start();
    expect(statuses(await times(MAX, { key: ACME }))).toEqual([200, 200, 200]);
    const limited = await post({ key: ACME });
    expect(limited).toMatchObject(LIMITED);
    expect(limited.headers["retry-after"]).toBe("60");
  });

  it("is limited whichever of its keys it shows, from wherever", async () => {
    await start();
    expect(statuses(await times(MAX, { key: ACME, from: "203.0.113.7" }))).toEqual([200, 200, 200]);
    expect(await post({ key: ACME_TOO, from: "198.51.100.1" })).toMatchObject(LIMITED);
  });

  it("does not use up another one's share, not even from the same address", async () => {
    await start();
    await times(MAX + 1, { key: ACME });
    expect(await post({ key: OTHER })).toMatchObject({ status: 200, body: '{"tenant":"other"}' });
  });

  it("is let in again when the time that Retry-After names is over", async () => {
    await start();
    await times(MAX, { key: ACME });
    vi.setSystemTime(Date.now() + 40_500);
    const limited = await post({ key: ACME });
    expect(limited).toMatchObject(LIMITED);
    expect(limited.headers["retry-after"]).toBe("20");
    vi.setSystemTime(Date.now() + 20_000);
    expect((await post({ key: ACME })).status).toBe(200);
  });

  it("is not told how much it has left", async () => {
    await start();
    for (const { headers } of await times(MAX + 1, { key: ACME })) {
      expect(Object.keys(headers).filter((name) => /rate-?limit/.test(name))).toEqual([]);
    }
  });
});

describe("who shows no right key", () => {
  it.each([
    ["none", {}],
    ["a wrong one", { key: "key-of-nobody-0123456789" }],
  ])("but %s is answered 401 up to the limit and then 429, by address", async (_what, shown) => {
    await start();
    expect(statuses(await times(MAX + 1, shown))).toEqual([401, 401, 401, 429]);
    expect((await post({ ...shown, from: "203.0.113.8" })).status).toBe(401);
  });

  it("is one with all its wrong keys, and with all of its IPv6 network", async () => {
    await start();
    const answers = [];
    for (let n = 1; n <= MAX + 1; n += 1) answers.push(await post({ key: `wrong-${n}`, from: `2001:db8::${n}` }));
    expect(statuses(answers)).toEqual([401, 401, 401, 429]);
  });

  it("keeps nobody out who does, and uses up no tenant's share", async () => {
    await start();
    await times(MAX * 10, { key: "wrong" });
    expect(statuses(await times(MAX, { key: ACME }))).toEqual([200, 200, 200]);
  });
});

describe("a key store that fails", () => {
  it("is answered 503, however often", async () => {
    const failing: KeyStore = { find: () => Promise.reject(new Error("away")) };
    await start(failing);
    for (const answer of await times(MAX + 3, { key: ACME })) {
      expect(answer).toMatchObject({ status: 503, body: '{"error":"temporarily_unavailable"}' });
    }
  });
});

describe("the webhook", () => {
  it("is never limited, neither by its own requests nor by those of the API", async () => {
    await start();
    await times(MAX + 1, { key: ACME });
    const answers = await times(MAX * 20, { key: ACME, path: "/webhooks/sendgrid" });
    expect(new Set(statuses(answers))).toEqual(new Set([200]));
  });
});
