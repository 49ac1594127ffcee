import { once } from "node:events";
import { createServer } from "node:net";
import { tenantIdSchema } from "@flowstate/contracts";
import { GhostBytes, MemoryBudget } from "@flowstate/ghost";
import { createCertificateAuthority } from "@flowstate/local/doubles/certificate.ts";
import { startErp } from "@flowstate/local/doubles/erp.ts";
import { startTelemetry } from "@flowstate/runtime";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { FAULTS_TO_OPEN } from "./circuit-breaker.ts";
import { MAX_ATTEMPTS } from "./deliver-webhook.ts";
import { payloadMappingSchema } from "./payload/mapping-schema.ts";
import { parseSigningKey } from "./sign.ts";
import { CANARY, DOCUMENT_ID, pushRig, TENANT_ID } from "./testing/push-rig.ts";

// Real: HTTP, TLS, signatures, GhostBytes, the logger. Doubled: the ERP, by a server that verifies signatures with the
// customers' package; the pauses; the sealed transfer, by a call object of the same shape. What each fault of an ERP comes to
// is in fault-table.test.ts, how attempts follow each other in deliver-webhook.test.ts.

const NEVER = new Promise(() => {});
const MIB = 1024 * 1024;
const delivered = (attempts = 1) => ({ result: "delivered", erp_http_status: 200, attempts });
const unavailable = (attempts: number) => ({ result: "deferred", code: "erp_unavailable", attempts });

beforeAll(async () => {
  await startTelemetry("erp-pusher", undefined);
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe("a push", () => {
  it("delivers the extraction in a signed envelope, and wipes it", async () => {
    await using erp = await startErp();
    const { outcome, wiped } = pushRig(erp).push();
    expect(wiped()).toBe(false);
    expect(await outcome).toEqual(delivered());
    expect(erp.received.map(({ verified, body }) => ({ verified, body }))).toEqual([
      {
        verified: true,
        body: {
          type: "document.extracted",
          timestamp: expect.any(String),
          data: {
            document_id: DOCUMENT_ID,
            tenant_id: TENANT_ID,
            received_at: "2026-11-23T10:00:00.000Z",
            source: "sendgrid",
            extraction: { document_number: CANARY },
          },
        },
      },
    ]);
    expect(wiped()).toBe(true);
  });

  it("wipes the extraction before the ERP is asked", async () => {
    await using erp = await startErp();
    const rig = pushRig(erp);
    const wipe = vi.spyOn(GhostBytes.prototype, "wipe");
    const { outcome } = rig.push();
    expect(wipe).toHaveBeenCalledOnce();
    await outcome;
  });

  it("wipes a mapped body and what was signed with a key as well, at every attempt", async () => {
    await using erp = await startErp();
    erp.script({ status: 503 }, { drop: "after_body" });
    const mapping = payloadMappingSchema.parse({ fields: { number: "/document_number" }, envelope: false });
    const key = parseSigningKey(`whsk_${Buffer.alloc(32, 5).toString("base64")}`);
    const { outcome, wiped } = pushRig(erp, { mapping, signingKeys: key === undefined ? [] : [key] }).push();
    expect(wiped()).toBe(false);
    expect(await outcome).toEqual(delivered(3));
    expect(erp.received.map(({ body }) => body)).toEqual(Array.from({ length: 3 }, () => ({ number: CANARY })));
    expect(erp.received[0]?.headers["webhook-signature"]).toMatch(/^v1,\S+ v1a,\S+$/);
    expect(wiped()).toBe(true);
  });

  it("whose mapping outgrows a body is deferred without an attempt, and wiped", async () => {
    await using erp = await startErp();
    const fields = Object.fromEntries(Array.from({ length: 5 }, (_, n) => [`x${n}`, "/document_number"]));
    const rig = pushRig(erp, { mapping: payloadMappingSchema.parse({ fields }) });
    const content = JSON.stringify({ document_number: "x".repeat(4 * MIB) });
    const { outcome, wiped } = rig.push({ content });
    expect(await outcome).toEqual({ result: "deferred", code: "internal_fault", attempts: 0 });
    expect([erp.attempts, wiped()]).toEqual([0, true]);
    expect(rig.logLines().map(({ event }) => event)).toEqual(["delivery.payload_too_large", "delivery.ended"]);
  });

  it("keeps the path and the query of the endpoint", async () => {
    await using erp = await startErp();
    const { outcome } = pushRig(erp, { endpoint: { url: new URL(`${erp.webhookUrl}?company=1`) } }).push();
    expect(await outcome).toEqual(delivered());
  });

  it("opens a connection of its own for each delivery, so that none fails on one the ERP has closed", async () => {
    await using erp = await startErp();
    erp.script({ headers: { connection: "keep-alive", "keep-alive": "timeout=60" } });
    const { push } = pushRig(erp);
    expect(await push().outcome).toEqual(delivered());
    expect(await push().outcome).toEqual(delivered());
    expect([erp.attempts, erp.effects]).toEqual([2, 1]);
  });

  it("writes one line about a delivery, without content", async () => {
    await using erp = await startErp();
    erp.script({ status: 422, body: `{"error":"unknown vendor ${CANARY}"}` });
    const { push, logLines } = pushRig(erp);
    await push().outcome;
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

  it("shows a bearer token, agreed headers and a client certificate to an ERP that asks for them", async () => {
    const authority = createCertificateAuthority();
    await using erp = await startErp({ tls: true, clientAuthority: authority.certificate });
    const headers = { authorization: "Bearer t0ken", "x-api-key": "k" };
    const clientCertificate = authority.issueClient();
    const { outcome } = pushRig(erp, { headers, endpoint: { clientCertificate } }).push();
    expect(await outcome).toEqual(delivered());
    expect(erp.received[0]?.headers).toMatchObject(headers);
  });

  it("without the client certificate that the ERP asks for reaches nobody, and is deferred", async () => {
    const authority = createCertificateAuthority();
    await using erp = await startErp({ tls: true, clientAuthority: authority.certificate });
    const { outcome, wiped } = pushRig(erp).push();
    expect(await outcome).toEqual(unavailable(MAX_ATTEMPTS));
    expect([erp.attempts, wiped()]).toEqual([0, true]);
  });
});

describe("an ERP that", () => {
  it("is not there defers, and the reason is in the log", async () => {
    const erp = await startErp();
    await erp[Symbol.asyncDispose]();
    const { push, logLines } = pushRig(erp);
    const { outcome, wiped } = push();
    expect(await outcome).toEqual(unavailable(MAX_ATTEMPTS));
    expect(wiped()).toBe(true);
    expect(logLines()).toEqual([
      expect.objectContaining({ level: 40, event: "delivery.ended", error_code: "ECONNREFUSED" }),
    ]);
  });

  it("takes connections and says nothing, not even TLS, defers", async () => {
    await using silent = createServer((socket) => void socket.on("error", () => {}).resume());
    silent.listen(0, "127.0.0.1");
    await once(silent, "listening");
    const address = silent.address();
    if (address === null || typeof address === "string") throw new Error("no TCP address");
    await using erp = await startErp();
    const url = new URL(`https://127.0.0.1:${address.port}/`);
    const { outcome, wiped } = pushRig(erp, { endpoint: { url }, timeoutMs: 100 }).push();
    expect(await outcome).toEqual(unavailable(MAX_ATTEMPTS));
    expect(wiped()).toBe(true);
    // The server can only close at the end of this test because the connections are gone as well.
  });

  it("speaks plain HTTP where https is configured gets nothing", async () => {
    await using erp = await startErp();
    const url = new URL(erp.webhookUrl.replace("http:", "https:"));
    const { outcome, wiped } = pushRig(erp, { endpoint: { url } }).push();
    expect(await outcome).toEqual(unavailable(MAX_ATTEMPTS));
    expect([erp.attempts, wiped()]).toEqual([0, true]);
  });

  it.each([301, 302, 303, 307, 308])("redirects with %i is not followed", async (status) => {
    await using elsewhere = await startErp();
    await using erp = await startErp();
    erp.script({ status, headers: { location: elsewhere.webhookUrl } });
    const { outcome, wiped } = pushRig(erp).push();
    expect(await outcome).toEqual({
      result: "undeliverable",
      code: "erp_rejected",
      erp_http_status: status,
      attempts: 1,
    });
    expect([elsewhere.attempts, wiped()]).toEqual([0, true]);
  });

  it("answers 2xx before it reads still gets every byte", async () => {
    await using erp = await startErp();
    erp.script({ early: true });
    const { outcome, wiped } = pushRig(erp).push({ content: JSON.stringify({ filler: "x".repeat(8 * MIB) }) });
    expect(await outcome).toEqual(delivered());
    expect(wiped()).toBe(true);
    await expect.poll(() => erp.received.map(({ verified }) => verified), { timeout: 20_000 }).toEqual([true]);
  });

  it("has an untrusted certificate is reported as an error for the operator", async () => {
    await using erp = await startErp({ tls: true });
    const { certificate: caCertificate } = createCertificateAuthority();
    const { push, logLines } = pushRig(erp, { endpoint: { caCertificate } });
    await push().outcome;
    expect(logLines().map(({ level, event }) => [level, event])).toEqual([
      [50, "erp.certificate_untrusted"],
      [40, "delivery.ended"],
    ]);
  });

  it("has an untrusted certificate defers each document for that reason, also those that need not meet it again", async () => {
    await using erp = await startErp({ tls: true });
    const { certificate: caCertificate } = createCertificateAuthority();
    const { push, logLines } = pushRig(erp, { endpoint: { caCertificate } });
    const codes: unknown[] = [];
    for (let n = 0; n < FAULTS_TO_OPEN + 2; n += 1) {
      const { outcome, wiped } = push();
      const { attempts, ...end } = await outcome;
      codes.push(end);
      expect([attempts, wiped()]).toEqual([n < FAULTS_TO_OPEN ? 1 : 0, true]);
    }
    expect(codes).toEqual(codes.map(() => ({ result: "deferred", code: "erp_certificate_invalid" })));
    const alerts = logLines().filter(({ event }) => event === "erp.certificate_untrusted");
    expect(alerts).toHaveLength(FAULTS_TO_OPEN + 2);
  });

  it("says that its endpoint is gone is not asked again, and each document says so", async () => {
    await using erp = await startErp();
    erp.script({ status: 410 });
    const { push, logLines, timing } = pushRig(erp);
    const gone = { result: "undeliverable", code: "erp_gone" };
    expect(await push().outcome).toEqual({ ...gone, erp_http_status: 410, attempts: 1 });
    timing.pass(3_600_000);
    const { outcome, wiped } = push();
    expect(await outcome).toEqual({ ...gone, attempts: 0 });
    expect([erp.attempts, wiped()]).toEqual([1, true]);
    expect(logLines().map(({ event }) => event)).toEqual([
      "erp.endpoint_gone",
      "delivery.ended",
      "erp.endpoint_gone",
      "delivery.ended",
    ]);
  });

  it("is down is left alone after a while, and tried again after a pause", async () => {
    await using erp = await startErp();
    erp.scriptAlways({ status: 503 });
    const { push, logLines, timing } = pushRig(erp);
    expect((await push().outcome).attempts).toBe(MAX_ATTEMPTS);
    expect(await push().outcome).toEqual({ ...unavailable(2), erp_http_status: 503 });
    const { outcome, wiped } = push();
    expect(await outcome).toEqual(unavailable(0));
    expect([erp.attempts, wiped()]).toEqual([8, true]);
    erp.behave();
    timing.pass(15_000);
    expect(await push().outcome).toEqual(delivered());
    expect(await push().outcome).toEqual(delivered());
    expect(logLines().map(({ event }) => event)).toEqual([
      "delivery.ended",
      "erp.circuit_opened",
      "delivery.ended",
      "delivery.ended",
      "erp.circuit_closed",
      "delivery.ended",
      "delivery.ended",
    ]);
  });
});

describe("pushes for one tenant", () => {
  it("are so many at once, and the others wait their turn", async () => {
    await using erp = await startErp();
    erp.scriptAlways({ delayHeaders: 20 });
    const { push } = pushRig(erp, { maxConcurrency: 2 });
    const outcomes = await Promise.all(Array.from({ length: 7 }, () => push().outcome));
    expect(outcomes).toEqual(Array.from({ length: 7 }, () => delivered()));
    expect(erp.mostAtOnce).toBe(2);
  });

  it("that do not get their turn in time are deferred without an attempt", async () => {
    await using erp = await startErp();
    const answer = Promise.withResolvers<void>();
    erp.script({ delayHeaders: answer.promise });
    const { push } = pushRig(erp, { maxConcurrency: 1 });
    const first = push();
    const { outcome, wiped } = push({ remainingMs: 550 });
    expect(await outcome).toEqual({ result: "deferred", code: "deadline_exceeded", attempts: 0 });
    expect([wiped(), first.wiped()]).toEqual([true, false]);
    answer.resolve();
    expect(await first.outcome).toEqual(delivered());
    expect([erp.attempts, first.wiped()]).toEqual([1, true]);
  });

  it("hold no more than their share of the memory", async () => {
    await using erp = await startErp();
    const answer = Promise.withResolvers<void>();
    erp.scriptAlways({ delayHeaders: answer.promise });
    const { push } = pushRig(erp, { budget: new MemoryBudget(16 * MIB) });
    const content = JSON.stringify({ filler: "x".repeat(9 * MIB) });
    const first = push({ content });
    const { outcome, wiped } = push({ content });
    expect(await outcome).toEqual(unavailable(0));
    answer.resolve();
    expect(await first.outcome).toEqual(delivered());
    expect(wiped()).toBe(true);
    expect(await push({ content }).outcome).toEqual(delivered());
  });
});

describe("pushes with a mapping that makes much of little", () => {
  const fields = Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`x${n}`, "/document_number"]));
  const mapping = payloadMappingSchema.parse({ fields, envelope: false });
  const content = JSON.stringify({ document_number: "x".repeat(400 * 1024) });

  it("hold what they make as their share of the memory", async () => {
    await using erp = await startErp();
    const answer = Promise.withResolvers<void>();
    erp.scriptAlways({ delayHeaders: answer.promise });
    const { push } = pushRig(erp, { mapping });
    const first = push({ content });
    await expect.poll(() => erp.attempts).toBe(1);
    const { outcome, wiped } = push({ content });
    expect(await outcome).toEqual(unavailable(0));
    expect(wiped()).toBe(true);
    answer.resolve();
    expect(await first.outcome).toEqual(delivered());
    expect(await push({ content }).outcome).toEqual(delivered());
    expect(erp.effects).toBe(1);
  });

  it("take no more than the process has, whoever else holds it", async () => {
    await using erp = await startErp();
    const budget = new MemoryBudget(64 * MIB);
    const { push } = pushRig(erp, { mapping, budget });
    {
      using _others = budget.tryReserve(60 * MIB);
      expect(await push({ content }).outcome).toEqual(unavailable(0));
    }
    expect(await push({ content }).outcome).toEqual(delivered());
    expect(budget.reservedBytes).toBe(0);
  });
});

describe("a push sends nothing and wipes", () => {
  it("when the request is for no tenant that it knows", async () => {
    await using erp = await startErp();
    const { outcome, wiped } = pushRig(erp).push({ tenantId: "other" });
    await expect(outcome).rejects.toThrow("tenant that is not configured");
    expect([erp.attempts, wiped()]).toEqual([0, true]);
  });

  it("when the content is no JSON object", async () => {
    await using erp = await startErp();
    const { outcome, wiped } = pushRig(erp).push({ content: `"${CANARY}"` });
    await expect(outcome).rejects.toThrow("not a JSON object");
    expect([erp.attempts, wiped()]).toEqual([0, true]);
  });

  it("when too little time is left to bring the outcome back", async () => {
    await using erp = await startErp();
    const { outcome, wiped } = pushRig(erp).push({ remainingMs: 500 });
    expect(await outcome).toEqual({ result: "deferred", code: "deadline_exceeded", attempts: 0 });
    expect([erp.attempts, wiped()]).toEqual([0, true]);
  });

  it("when nobody waits for it any more", async () => {
    await using erp = await startErp();
    const gone = new Error("gone");
    const { outcome, wiped } = pushRig(erp).push({ signal: AbortSignal.abort(gone) });
    await expect(outcome).rejects.toBe(gone);
    expect([erp.attempts, wiped()]).toEqual([0, true]);
  });
});

describe("a push whose caller goes away", () => {
  const gone = new Error("gone");

  it("while the ERP thinks rejects with the caller's reason, cuts the connection, wipes, and says that the end is unknown", async () => {
    await using erp = await startErp();
    erp.script({ delayHeaders: NEVER });
    const caller = new AbortController();
    const { push, logLines } = pushRig(erp);
    const { outcome, wiped } = push({ signal: caller.signal });
    await expect.poll(() => erp.received.length).toBe(1);
    expect(wiped()).toBe(false);
    caller.abort(gone);
    await expect(outcome).rejects.toBe(gone);
    expect(wiped()).toBe(true);
    expect(logLines()).toEqual([expect.objectContaining({ event: "delivery.abandoned", document_id: DOCUMENT_ID })]);
  });

  it("between two attempts makes no further one, and wipes", async () => {
    await using erp = await startErp();
    erp.scriptAlways({ status: 503, headers: { "retry-after": "30" } });
    const caller = new AbortController();
    const { outcome, wiped } = pushRig(erp, { realTime: true }).push({ signal: caller.signal });
    await expect.poll(() => erp.received.length).toBe(1);
    // The answer is read, and the pause has begun.
    await new Promise((resolve) => setTimeout(resolve, 200));
    caller.abort(gone);
    await expect(outcome).rejects.toBe(gone);
    expect([erp.attempts, wiped()]).toEqual([1, true]);
  });

  it("while it waits for its turn leaves the queue, and wipes", async () => {
    await using erp = await startErp();
    const answer = Promise.withResolvers<void>();
    erp.script({ delayHeaders: answer.promise });
    const caller = new AbortController();
    const { push } = pushRig(erp, { maxConcurrency: 1 });
    const first = push();
    const second = push({ signal: caller.signal });
    caller.abort(gone);
    await expect(second.outcome).rejects.toBe(gone);
    answer.resolve();
    expect(await first.outcome).toEqual(delivered());
    expect([erp.attempts, second.wiped()]).toEqual([1, true]);
  });
});

describe("tenants", () => {
  it("do not share what is known of an ERP", async () => {
    await using erp = await startErp();
    const [mine, other] = [pushRig(erp), pushRig(erp)];
    erp.script({ status: 410 });
    expect(await mine.push().outcome).toMatchObject({ code: "erp_gone" });
    expect(await other.push({ tenantId: tenantIdSchema.parse("acme") }).outcome).toEqual(delivered());
  });
});
