import { once } from "node:events";
import { createServer } from "node:net";
import { PassThrough } from "node:stream";
import { documentIdSchema, erpPayloadSchema, type PushOutcome, tenantIdSchema } from "@flowstate/contracts";
import { GhostBytes } from "@flowstate/ghost";
import { createCertificateAuthority } from "@flowstate/local/doubles/certificate.ts";
import { type ErpDouble, type ErpOptions, type ScriptedAnswer, startErp } from "@flowstate/local/doubles/erp.ts";
import { sampleFacts } from "@flowstate/local/doubles/gemini-answer.ts";
import { extractionOf } from "@flowstate/local/fixtures/extraction.ts";
import { createLogger, startTelemetry } from "@flowstate/runtime";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { erpEndpoint } from "./erp-endpoint.ts";
import type { ErpTenant } from "./erp-tenants.ts";
import { pushExtraction } from "./push-extraction.ts";
import { parseWebhookSecrets } from "./sign.ts";

// Real: HTTP, TLS, signatures, GhostBytes, the logger. Doubled: the ERP, by a server that verifies signatures with the
// customers' package; the sealed transfer, by a call object of the same shape.

const CANARY = "CANARY-7f3a91";
const DOCUMENT_ID = documentIdSchema.parse("5f8c1d1e-6d0c-4b52-9a37-0a4c9d3b7e21");
const TENANT_ID = tenantIdSchema.parse("acme");
const EXTRACTION = extractionOf({ ...sampleFacts, document_number: CANARY });
/** Longer than any test runs: a limit that must not be what ends it. */
const AMPLE_MS = 60_000;

interface PushOptions {
  readonly url?: string;
  readonly ca?: string | undefined;
  readonly secret?: string;
  readonly timeoutMs?: number;
  readonly remainingMs?: number;
  readonly signal?: AbortSignal;
  readonly tenantId?: string;
  readonly content?: string;
}

/** Everything that held content during one push, kept so that the test can look at it afterwards. */
interface Pushed {
  readonly outcome: Promise<PushOutcome>;
  readonly logLines: () => Record<string, unknown>[];
  /** Whether every buffer that held content holds zeros only. */
  readonly wiped: () => boolean;
}

function push(erp: ErpDouble, options: PushOptions = {}): Pushed {
  const allocate = vi.spyOn(GhostBytes, "withCapacity");
  const log = new PassThrough();
  const content = GhostBytes.taking(Buffer.from(options.content ?? JSON.stringify(EXTRACTION)));
  const secrets = parseWebhookSecrets(options.secret ?? erp.secret);
  if (secrets === undefined) throw new Error("the test's secret is unusable");
  const tenant: ErpTenant = {
    endpoint: erpEndpoint(new URL(options.url ?? erp.webhookUrl), options.ca ?? erp.certificateAuthority),
    secrets,
    timeoutMs: options.timeoutMs ?? AMPLE_MS,
  };
  const outcome = pushExtraction(
    new Map([[TENANT_ID, tenant]]),
    {
      request: {
        document_id: DOCUMENT_ID,
        tenant_id: tenantIdSchema.parse(options.tenantId ?? "acme"),
        received_at: "2026-11-23T10:00:00.000Z",
        source: "sendgrid",
      },
      content,
      signal: options.signal ?? new AbortController().signal,
      remainingMs: () => options.remainingMs ?? AMPLE_MS,
    },
    createLogger("erp-pusher", "debug", log),
  );
  // pushExtraction builds the body before it first waits, so that its allocations are all known here.
  const views = allocate.mock.results.flatMap(({ value }) => (value instanceof GhostBytes ? [value] : []));
  const buffers = views.map((held) => (held.wiped ? undefined : held.view().buffer));
  return {
    outcome,
    logLines: () =>
      String(log.read() ?? "")
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line)),
    wiped: () =>
      views.length > 0 &&
      views.every((held) => held.wiped) &&
      buffers.every((buffer) => buffer === undefined || new Uint8Array(buffer).every((byte) => byte === 0)),
  };
}

const delivered = (status: number) => ({ result: "delivered", erp_http_status: status, attempts: 1 });
const unavailable = (status?: number) => ({
  result: "deferred",
  code: "erp_unavailable",
  ...(status !== undefined && { erp_http_status: status }),
  attempts: 1,
});
const rejected = (status: number) => ({
  result: "undeliverable",
  code: "erp_rejected",
  erp_http_status: status,
  attempts: 1,
});

beforeAll(async () => {
  await startTelemetry("erp-pusher", undefined);
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe("pushExtraction", () => {
  it("delivers the extraction in a signed envelope, and wipes it", async () => {
    await using erp = await startErp();
    const { outcome, wiped } = push(erp);
    expect(wiped()).toBe(false);
    expect(await outcome).toEqual(delivered(200));
    const [delivery] = erp.received;
    expect(delivery?.verified).toBe(true);
    expect(erpPayloadSchema.parse(delivery?.body)).toEqual({
      type: "document.extracted",
      timestamp: expect.any(String),
      data: {
        document_id: DOCUMENT_ID,
        tenant_id: TENANT_ID,
        received_at: "2026-11-23T10:00:00.000Z",
        source: "sendgrid",
        extraction: EXTRACTION,
      },
    });
    expect(wiped()).toBe(true);
  });

  it("names the document, the type, itself and the trace in its headers", async () => {
    await using erp = await startErp();
    await push(erp).outcome;
    expect(erp.received[0]?.headers).toMatchObject({
      "webhook-id": DOCUMENT_ID,
      "content-type": "application/json",
      "user-agent": "Flowstate-Webhook/1.0",
      traceparent: expect.stringMatching(/^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/),
    });
  });

  it("wipes the extraction before the ERP is asked", async () => {
    await using erp = await startErp();
    const content = vi.spyOn(GhostBytes.prototype, "wipe");
    const { outcome } = push(erp);
    expect(content).toHaveBeenCalledOnce();
    await outcome;
  });

  it("keeps the path and the query of the endpoint", async () => {
    await using erp = await startErp();
    expect(await push(erp, { url: `${erp.webhookUrl}?company=1` }).outcome).toEqual(delivered(200));
  });

  it("opens a connection of its own for each delivery, so that none fails on one the ERP has closed", async () => {
    await using erp = await startErp();
    erp.script({ headers: { connection: "keep-alive", "keep-alive": "timeout=60" } });
    expect(await push(erp).outcome).toEqual(delivered(200));
    expect(await push(erp).outcome).toEqual(delivered(200));
    expect([erp.attempts, erp.effects]).toEqual([2, 1]);
  });

  it("writes one line about a delivery, without content", async () => {
    await using erp = await startErp();
    erp.script({ status: 422, body: `{"error":"unknown vendor ${CANARY}"}` });
    const { outcome, logLines } = push(erp);
    await outcome;
    const lines = logLines();
    expect(lines).toEqual([
      expect.objectContaining({
        event: "delivery.ended",
        document_id: DOCUMENT_ID,
        tenant_id: TENANT_ID,
        end: "undeliverable",
        code: "erp_rejected",
        erp_http_status: 422,
        attempts: 1,
        size_bytes: expect.any(Number),
        duration_ms: expect.any(Number),
      }),
    ]);
    expect(JSON.stringify(lines)).not.toContain(CANARY);
  });
});

interface Fault {
  readonly name: string;
  readonly script?: ScriptedAnswer;
  readonly erp?: ErpOptions;
  readonly push?: PushOptions;
  readonly outcome: object;
  /** Documents booked by the ERP. */
  readonly effects: number;
}

const NEVER = new Promise(() => {});
const status = (code: number, outcome: object, effects = 0): Fault => ({
  name: `answers ${code}`,
  script: { status: code },
  outcome,
  effects,
});

const FAULTS: readonly Fault[] = [
  status(202, delivered(202), 1),
  status(204, delivered(204), 1),
  status(304, rejected(304)),
  ...[400, 401, 403, 404, 409, 410, 413, 422].map((code) => status(code, rejected(code))),
  ...[408, 425, 429, 500, 502, 503, 504].map((code) => status(code, unavailable(code))),
  {
    name: "answers 401 to a wrong secret",
    push: { secret: `whsec_${"A".repeat(32)}` },
    outcome: rejected(401),
    effects: 0,
  },
  { name: "cuts the connection before reading", script: { drop: "before_body" }, outcome: unavailable(), effects: 0 },
  { name: "cuts the connection after booking", script: { drop: "after_body" }, outcome: unavailable(), effects: 1 },
  { name: "cuts its answer after the status", script: { drop: "during_answer" }, outcome: delivered(200), effects: 1 },
  { name: "does not speak HTTP", script: { raw: "220 mail.example ESMTP\r\n" }, outcome: unavailable(), effects: 1 },
  {
    name: "answers a status of its own",
    script: { raw: "HTTP/1.1 799 Odd\r\n\r\n" },
    outcome: unavailable(),
    effects: 1,
  },
  {
    name: "sends more headers than fit",
    script: { headers: { x: "y".repeat(60_000) } },
    outcome: unavailable(),
    effects: 1,
  },
  {
    name: "never answers",
    script: { delayHeaders: NEVER },
    push: { timeoutMs: 300 },
    outcome: unavailable(),
    effects: 1,
  },
  {
    name: "does not answer before the mail's deadline",
    script: { delayHeaders: NEVER },
    push: { remainingMs: 800 },
    outcome: unavailable(),
    effects: 1,
  },
  { name: "never ends its answer", script: { delayBody: NEVER }, outcome: delivered(200), effects: 1 },
  { name: "answers 8 MiB", script: { body: "huge" }, outcome: delivered(200), effects: 1 },
  { name: "shows a certificate of a private authority", erp: { tls: true }, outcome: delivered(200), effects: 1 },
  {
    name: "shows a certificate of an unknown authority",
    erp: { tls: true },
    push: { ca: createCertificateAuthority().certificate },
    outcome: unavailable(),
    effects: 0,
  },
  ...certificateFaults(),
];

function certificateFaults(): Fault[] {
  const authority = createCertificateAuthority();
  const fault = (name: string, tls: ReturnType<typeof authority.issue>): Fault => ({
    name,
    erp: { tls },
    push: { ca: authority.certificate },
    outcome: unavailable(),
    effects: 0,
  });
  return [
    fault("shows an expired certificate", authority.issue({ notAfter: new Date(Date.now() - 60_000) })),
    fault("shows another host's certificate", authority.issue({ hosts: ["erp.example"] })),
  ];
}

describe("an ERP that", () => {
  it.each(FAULTS)("$name", async (fault) => {
    await using erp = await startErp(fault.erp);
    if (fault.script !== undefined) erp.script(fault.script);
    const { outcome, logLines, wiped } = push(erp, fault.push);
    expect(await outcome).toEqual(fault.outcome);
    expect(wiped()).toBe(true);
    // The server's side of a cut connection may still be finishing.
    await expect.poll(() => erp.effects).toBe(fault.effects);
    expect(JSON.stringify(logLines())).not.toContain(CANARY);
  });

  it("is not there", async () => {
    const erp = await startErp();
    await erp[Symbol.asyncDispose]();
    const { outcome, logLines, wiped } = push(erp);
    expect(await outcome).toEqual(unavailable());
    expect(wiped()).toBe(true);
    expect(logLines()).toEqual([
      expect.objectContaining({ level: 40, event: "delivery.ended", error_code: "ECONNREFUSED" }),
    ]);
  });

  it("takes connections and says nothing, not even TLS", async () => {
    await using silent = createServer((socket) => void socket.on("error", () => {}).resume());
    silent.listen(0, "127.0.0.1");
    await once(silent, "listening");
    const address = silent.address();
    if (address === null || typeof address === "string") throw new Error("no TCP address");
    await using erp = await startErp();
    const { outcome, wiped } = push(erp, { url: `https://127.0.0.1:${address.port}/`, timeoutMs: 300 });
    expect(await outcome).toEqual(unavailable());
    expect(wiped()).toBe(true);
    // The server can only close at the end of this test because the connection is gone as well.
  });

  it("speaks plain HTTP where https is configured gets nothing", async () => {
    await using erp = await startErp();
    const { outcome, wiped } = push(erp, { url: erp.webhookUrl.replace("http:", "https:") });
    expect(await outcome).toEqual(unavailable());
    expect([erp.attempts, wiped()]).toEqual([0, true]);
  });

  it.each([301, 302, 307, 308])("redirects with %i is not followed", async (code) => {
    await using elsewhere = await startErp();
    await using erp = await startErp();
    erp.script({ status: code, headers: { location: elsewhere.webhookUrl } });
    const { outcome, wiped } = push(erp);
    expect(await outcome).toEqual(rejected(code));
    expect([elsewhere.attempts, wiped()]).toEqual([0, true]);
  });

  it("answers 2xx before it reads still gets every byte", async () => {
    await using erp = await startErp();
    erp.script({ early: true });
    const large = JSON.stringify({ filler: "x".repeat(8 * 1024 * 1024) });
    const { outcome, wiped } = push(erp, { content: large });
    expect(await outcome).toEqual(delivered(200));
    expect(wiped()).toBe(true);
    await expect.poll(() => erp.received.map(({ verified }) => verified), { timeout: 20_000 }).toEqual([true]);
  });

  it("has an untrusted certificate is reported as an error for the operator", async () => {
    await using erp = await startErp({ tls: true });
    const { outcome, logLines } = push(erp, { ca: createCertificateAuthority().certificate });
    await outcome;
    expect(logLines().map(({ level, event }) => [level, event])).toEqual([
      [50, "erp.certificate_untrusted"],
      [40, "delivery.ended"],
    ]);
  });
});

describe("pushExtraction sends nothing and wipes", () => {
  it("when the request is for no tenant that it knows", async () => {
    await using erp = await startErp();
    const { outcome, wiped } = push(erp, { tenantId: "other" });
    await expect(outcome).rejects.toThrow("tenant that is not configured");
    expect([erp.attempts, wiped()]).toEqual([0, true]);
  });

  it("when the content is no JSON object", async () => {
    await using erp = await startErp();
    const { outcome, wiped } = push(erp, { content: `"${CANARY}"` });
    await expect(outcome).rejects.toThrow("not a JSON object");
    expect([erp.attempts, wiped()]).toEqual([0, true]);
  });

  it("when too little time is left to bring the outcome back", async () => {
    await using erp = await startErp();
    const { outcome, wiped } = push(erp, { remainingMs: 500 });
    expect(await outcome).toEqual({ result: "deferred", code: "deadline_exceeded", attempts: 0 });
    expect([erp.attempts, wiped()]).toEqual([0, true]);
  });

  it("when nobody waits for it any more", async () => {
    await using erp = await startErp();
    const gone = new Error("gone");
    const { outcome, wiped } = push(erp, { signal: AbortSignal.abort(gone) });
    await expect(outcome).rejects.toBe(gone);
    expect([erp.attempts, wiped()]).toEqual([0, true]);
  });
});

describe("a push whose caller goes away while the ERP thinks", () => {
  it("rejects with the caller's reason, cuts the connection, wipes, and says that the end is unknown", async () => {
    await using erp = await startErp();
    erp.script({ delayHeaders: NEVER });
    const caller = new AbortController();
    const { outcome, logLines, wiped } = push(erp, { signal: caller.signal });
    await expect.poll(() => erp.received.length).toBe(1);
    expect(wiped()).toBe(false);
    const gone = new Error("gone");
    caller.abort(gone);
    await expect(outcome).rejects.toBe(gone);
    expect(wiped()).toBe(true);
    expect(logLines()).toEqual([expect.objectContaining({ event: "delivery.abandoned", document_id: DOCUMENT_ID })]);
  });
});
