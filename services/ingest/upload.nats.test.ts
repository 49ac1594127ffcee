// Real: ingest with its HTTP server, nats-server, sealed transfers, stream, ledger. Doubled: extractor and erp-pusher are
// scripted functions.
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { type NatsServer, startNatsServer } from "@flowstate/local/servers/nats-server.ts";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { API_KEY, aPdf, DELIVERED, EXTRACTED, EXTRACTION, IngestRig, MAX_UPLOAD_BYTES } from "./testing/ingest-rig.ts";

let broker: NatsServer;
let rig: IngestRig;

beforeAll(async () => {
  broker = await startNatsServer({});
});
afterAll(() => broker[Symbol.asyncDispose]());
beforeEach(async () => {
  rig = await IngestRig.start(broker);
});
afterEach(() => rig[Symbol.asyncDispose]());

interface Upload {
  readonly body?: BodyInit;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
}
type BodyInit = string | Buffer<ArrayBuffer> | FormData;

async function upload({ body = aPdf("upload"), query = "", headers = {} }: Upload) {
  const response = await fetch(rig.urlOf(`/api/documents${query}`), {
    method: "POST",
    body,
    headers: {
      "x-api-key": API_KEY,
      ...(!(body instanceof FormData) && { "content-type": "application/pdf" }),
      ...headers,
    },
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

function formOf(...files: readonly string[]): FormData {
  const form = new FormData();
  form.set("comment", "a field that is no file");
  for (const [n, file] of files.entries()) form.set(`file${n}`, new Blob([file]), `canary-${n}.pdf`);
  return form;
}

/** What the documents' events say, milliseconds. */
function receivingTimes(): (number | undefined)[] {
  return rig.events.flatMap(({ type, data }) => (type === "document.received" ? [data.duration_ms] : []));
}

describe("an uploaded document", () => {
  it("is delivered to the tenant of the key, and its way is on record as the API's", async () => {
    const { status, body } = await upload({});
    expect([status, body]).toEqual([
      200,
      {
        mail_id: expect.any(String),
        status: "processed",
        documents: [{ document_id: rig.pushes[0]?.document_id, status: "delivered" }],
      },
    ]);
    expect(rig.pushes).toMatchObject([{ tenant_id: "acme", source: "api" }]);
    expect(await rig.eventTypes("document.wiped")).toEqual([
      "mail.received",
      "document.received",
      "document.claimed",
      "document.extracted",
      "document.delivered",
      "document.wiped",
    ]);
    expect(rig.events[0]?.data).toMatchObject({ source: "api" });
  });

  it("is on record with how long receiving it took, from the beginning of its request", async () => {
    const body = aPdf("slow");
    const sending = request(rig.urlOf("/api/documents"), {
      method: "POST",
      headers: { "x-api-key": API_KEY, "content-type": "application/pdf", expect: "100-continue" },
    });
    const beforeMs = performance.now();
    sending.flushHeaders();
    // The request has begun by then.
    await once(sending, "continue");
    const begunMs = performance.now();
    await sleep(40);
    const heldBackMs = performance.now() - begunMs;
    sending.end(body);
    const [answer] = await once(sending, "response");
    const answeredMs = performance.now() - beforeMs;
    answer.resume();
    await rig.eventTypes("document.wiped");
    const [took] = receivingTimes();
    expect(took).toBeGreaterThanOrEqual(Math.floor(heldBackMs));
    expect(took).toBeLessThanOrEqual(Math.ceil(answeredMs));
  });

  it("that is refused for what it is was refused when it was received", async () => {
    await upload({ body: formOf("no PDF") });
    await rig.eventTypes("document.wiped");
    const [took] = receivingTimes();
    expect(took).toBeDefined();
    const refused = rig.events.find(({ type }) => type === "document.refused");
    expect(refused?.data).toMatchObject({ stage: "receive", duration_ms: took });
  });

  it("may come in a form, with others", async () => {
    const { status, body } = await upload({ body: formOf(aPdf("1"), "no PDF", aPdf("2"), "") });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      documents: [
        { status: "delivered" },
        { status: "refused", code: "document_not_pdf" },
        { status: "delivered" },
        { status: "refused", code: "document_empty" },
      ],
    });
  });

  it.each([
    ["with the same Idempotency-Key", { "idempotency-key": "order-4711" }],
    ["without one", {}],
  ])("that comes twice %s is delivered once", async (_name, headers) => {
    const body = aPdf(`twice ${Object.keys(headers).length}`);
    const first = await upload({ headers, body });
    const second = await upload({ headers, body });
    expect([first.body, second.body]).toMatchObject([
      { documents: [{ status: "delivered" }] },
      { documents: [{ status: "duplicate" }] },
    ]);
    expect(rig.pushes).toHaveLength(1);
  });

  it("that comes twice with two Idempotency-Keys is two documents, and so is another one with the same key", async () => {
    const body = aPdf("once more");
    await upload({ headers: { "idempotency-key": "1" }, body });
    await upload({ headers: { "idempotency-key": "2" }, body });
    await upload({ headers: { "idempotency-key": "2" }, body: aPdf("another") });
    expect(new Set(rig.pushes.map(({ document_id }) => document_id)).size).toBe(3);
  });

  it.each<[string, number, string, Upload]>([
    ["without a key", 401, "authentication_failed", { headers: { "x-api-key": "" } }],
    ["with a wrong key", 401, "authentication_failed", { headers: { "x-api-key": `${API_KEY}x` } }],
    ["of another type", 415, "unsupported_media_type", { headers: { "content-type": "text/plain" } }],
    ["with a wish that is not known", 400, "malformed_request", { query: "?deliver=somewhere" }],
    ["with a parameter that is not known", 400, "malformed_request", { query: "?delivr=erp" }],
    ["with an empty Idempotency-Key", 400, "malformed_request", { headers: { "idempotency-key": "" } }],
    ["with a long Idempotency-Key", 400, "malformed_request", { headers: { "idempotency-key": "k".repeat(256) } }],
    ["that is too large", 413, "payload_too_large", { body: `${aPdf()}${"x".repeat(MAX_UPLOAD_BYTES)}` }],
  ])("%s is answered %i %s, without any extraction", async (_name, status, error, request) => {
    const answer = await upload(request);
    expect([answer.status, answer.body]).toEqual([status, { error }]);
    expect(rig.extractions).toEqual([]);
  });

  it("that must wait is answered 503 with Retry-After, and delivered when it comes again", async () => {
    rig.script.push = async () => ({ result: "deferred", code: "erp_unavailable", attempts: 1 });
    const body = aPdf("patience");
    const answer = await upload({ body });
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "30"]);
    rig.script.push = async () => DELIVERED;
    expect((await upload({ body })).body).toMatchObject({ documents: [{ status: "delivered" }] });
  });
});

describe("an upload that asks for the extraction", () => {
  const query = "?deliver=response";

  it("is answered with it, and no ERP is asked", async () => {
    const { status, body } = await upload({ query });
    expect([status, body]).toEqual([
      200,
      {
        mail_id: expect.any(String),
        status: "processed",
        documents: [{ document_id: rig.extractions[0], status: "delivered", extraction: JSON.parse(EXTRACTION) }],
      },
    ]);
    expect(rig.pushes).toEqual([]);
    expect((await rig.eventTypes("document.wiped")).slice(-3)).toEqual([
      "document.extracted",
      "document.delivered",
      "document.wiped",
    ]);
    const pdf = aPdf("upload").length;
    expect(rig.events.at(-1)?.data).toMatchObject({
      wiped_bytes: { ingest: pdf + EXTRACTION.length, extractor: pdf + EXTRACTION.length },
    });
  });

  it("is answered again when it comes again, and is another document than one for the ERP", async () => {
    const body = aPdf("three ways");
    const first = await upload({ query, body });
    const second = await upload({ query, body });
    expect(second.body).toEqual(first.body);
    expect((await upload({ body })).body).toMatchObject({ documents: [{ status: "delivered" }] });
    expect(new Set(rig.extractions).size).toBe(2);
  });

  it("is answered with each of several, and says of each that has none why", async () => {
    rig.script.extract = async (content) =>
      content.includes("bad") ? { result: "invalid", code: "extraction_failed_validation" } : EXTRACTED;
    const { body } = await upload({ query, body: formOf(aPdf("good"), aPdf("bad"), "none", aPdf("good too")) });
    expect(body).toMatchObject({
      documents: [
        { status: "delivered", extraction: JSON.parse(EXTRACTION) },
        { status: "invalid", code: "extraction_failed_validation" },
        { status: "refused", code: "document_not_pdf" },
        { status: "delivered", extraction: JSON.parse(EXTRACTION) },
      ],
    });
  });

  it("is answered 503 as a whole when one of them must wait, and none of them counts as delivered", async () => {
    rig.script.extract = async (content) =>
      content.includes("later") ? { result: "deferred", code: "model_unavailable" } : EXTRACTED;
    expect((await upload({ query, body: formOf(aPdf("now"), aPdf("later")) })).status).toBe(503);
    await expect.poll(() => rig.events.filter(({ type }) => type === "document.wiped").length).toBe(2);
    const ends = rig.events.filter(({ type }) => type === "document.deferred" || type === "document.delivered");
    expect(ends.map(({ type }) => type)).toEqual(["document.deferred", "document.deferred"]);
  });
});

describe("uploads beyond the rate", () => {
  it("are answered 429, and the webhook never is", async () => {
    await using slow = await rig.anotherIngest({ API_REQUESTS_PER_MINUTE: "2" });
    const statuses: number[] = [];
    for (let n = 0; n < 4; n += 1) {
      const headers = { "x-api-key": API_KEY, "content-type": "application/pdf" };
      const url = rig.urlOf("/api/documents", slow);
      const response = await fetch(url, { method: "POST", body: aPdf(`rate ${n}`), headers });
      statuses.push(response.status);
      if (response.status !== 429) continue;
      expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0);
      expect(await response.json()).toEqual({ error: "rate_limited" });
    }
    expect(statuses).toEqual([200, 200, 429, 429]);
    for (let n = 0; n < 5; n += 1) expect((await rig.post({}, { ingest: slow })).status).toBe(200);
  });
});

describe("the description of the API", () => {
  it("is served as it is checked in, and describes every route that there is", async () => {
    const served = z
      .object({ paths: z.record(z.string(), z.unknown()) })
      .loose()
      .parse(await (await fetch(rig.urlOf("/openapi.json"))).json());
    const checkedIn = readFileSync(new URL("../../docs/openapi/ingest.json", import.meta.url), "utf8");
    expect(served).toEqual(JSON.parse(checkedIn));
    for (const path of Object.keys(served.paths)) {
      const response = await fetch(rig.urlOf(path), { method: "DELETE", headers: { "x-api-key": API_KEY } });
      expect([path, response.status]).toEqual([path, 405]);
    }
  });
});
