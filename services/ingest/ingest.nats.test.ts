// Real: ingest with its HTTP server, nats-server with the production permissions, sealed transfers, stream, ledger.
// Doubled: extractor and erp-pusher are scripted functions behind real sealed transfers; the mail is posted with fetch.
import { type NatsServer, startNatsServer } from "@flowstate/local/servers/nats-server.ts";
import { connectEvents } from "@flowstate/messaging";
import { createLogger } from "@flowstate/runtime";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  API_KEY,
  aPdf,
  DELIVERED,
  EXTRACTED,
  EXTRACTION,
  IngestRig,
  MAX_UPLOAD_BYTES,
  mailForm,
} from "./testing/ingest-rig.ts";

const TRACEPARENT: [string, string] = ["traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"];
/** What a sender may send that a mail must not depend on. */
const TRACE_CONTEXTS: readonly [string, [string, string][]][] = [
  ["a traceparent with undefined flags", [["traceparent", TRACEPARENT[1].replace(/01$/, "ff")]]],
  ["garbage for a traceparent", [["traceparent", "garbage"]]],
  ["two traceparents", [TRACEPARENT, TRACEPARENT]],
  ["a tracestate that is none", [TRACEPARENT, ["tracestate", "=,;=\t"]]],
  ["a tracestate larger than is allowed", [TRACEPARENT, ["tracestate", `a=${"b".repeat(8_000)}`]]],
  ["a tracestate alone", [["tracestate", "vendor=1"]]],
];

let broker: NatsServer;
let rig: IngestRig;
let url: URL;

beforeAll(async () => {
  broker = await startNatsServer({});
});
afterAll(() => broker[Symbol.asyncDispose]());

beforeEach(async () => {
  rig = await IngestRig.start(broker);
  url = rig.urlOf("/webhooks/sendgrid");
});
afterEach(() => rig[Symbol.asyncDispose]());

describe("a mail with one document", () => {
  it("is answered 200 once it is delivered, and its whole way is on the stream", async () => {
    const { status, body } = await rig.post({ to: ["other@else.example", "Invoices@ACME.example"] });
    expect(status).toBe(200);
    const documentId = rig.pushes[0]?.document_id;
    expect(body).toEqual({
      mail_id: expect.any(String),
      status: "processed",
      documents: [{ document_id: documentId, status: "delivered" }],
    });
    expect(await rig.eventTypes("document.wiped")).toEqual([
      "mail.received",
      "document.received",
      "document.claimed",
      "document.extracted",
      "document.delivered",
      "document.wiped",
    ]);
    const claimed = rig.events.find(({ type }) => type === "document.claimed");
    expect(claimed?.data).toMatchObject({ document_id: documentId, duration_ms: expect.any(Number) });
    const wiped = rig.events.at(-1);
    const [pdf, extraction] = [aPdf().length, EXTRACTION.length];
    expect(wiped?.type === "document.wiped" && wiped.data.wiped_bytes).toEqual({
      ingest: pdf + extraction,
      extractor: pdf + extraction,
      "erp-pusher": extraction,
    });
  });

  it("reaches the extractor byte for byte, and its extraction the erp-pusher", async () => {
    const document = Buffer.concat([Buffer.from(aPdf()), Buffer.alloc(150_000, "\r\n--xYzZY--")]);
    let received: Buffer | undefined;
    let pushed: string | undefined;
    rig.script.extract = async (content) => {
      received = Buffer.from(content);
      return EXTRACTED;
    };
    rig.script.push = async (extraction) => {
      pushed = extraction;
      return DELIVERED;
    };
    expect((await rig.post({ documents: [document] })).status).toBe(200);
    expect(received?.equals(document)).toBe(true);
    expect(pushed).toBe(EXTRACTION);
  });

  it("does no work on a redelivery and answers 200", async () => {
    const mail = { messageId: "<again@test>", documents: [aPdf("again")] };
    const first = await rig.post(mail);
    const second = await rig.post(mail);
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(second.body).toMatchObject({
      documents: [{ document_id: rig.pushes[0]?.document_id, status: "duplicate" }],
    });
    expect([rig.extractions.length, rig.pushes.length]).toEqual([1, 1]);
    await rig.eventTypes("document.duplicate");
  });

  it("takes the same bytes in another message for another document", async () => {
    await rig.post({ messageId: "<a@test>", documents: [aPdf("same")] });
    await rig.post({ messageId: "<b@test>", documents: [aPdf("same")] });
    expect(new Set(rig.pushes.map(({ document_id }) => document_id)).size).toBe(2);
  });

  it("answers 503 while the first try still runs, and 200 afterwards", async () => {
    const mail = { messageId: "<slow@test>", documents: [aPdf("slow")] };
    const gate = Promise.withResolvers<void>();
    rig.script.extract = async () => {
      await gate.promise;
      return EXTRACTED;
    };
    const first = rig.post(mail);
    await expect.poll(() => rig.extractions.length).toBe(1);
    const second = await rig.post(mail);
    expect([second.status, second.body]).toEqual([503, { error: "temporarily_unavailable" }]);
    expect(second.headers.get("retry-after")).toBe("30");
    gate.resolve();
    expect((await first).status).toBe(200);
    expect((await rig.post(mail)).body).toMatchObject({ documents: [{ status: "duplicate" }] });
  });

  it("goes on when the sender hangs up after sending, and the redelivery finds it done", async () => {
    const mail = { messageId: "<hangup@test>", documents: [aPdf("hangup")] };
    const gate = Promise.withResolvers<void>();
    rig.script.extract = async () => {
      await gate.promise;
      return EXTRACTED;
    };
    const hangUp = new AbortController();
    const first = fetch(url, {
      method: "POST",
      body: mailForm(mail),
      headers: { "x-api-key": API_KEY },
      signal: hangUp.signal,
    });
    await expect.poll(() => rig.extractions.length).toBe(1);
    hangUp.abort();
    await expect(first).rejects.toThrow();
    gate.resolve();
    await expect.poll(() => rig.pushes.length).toBe(1);
    await expect.poll(async () => (await rig.post(mail)).status).toBe(200);
    expect([rig.extractions.length, rig.pushes.length]).toEqual([1, 1]);
  });
});

describe("when ingest is asked to stop", () => {
  it("finishes a mail whose sender has hung up, to its receipt", async () => {
    const gate = Promise.withResolvers<void>();
    rig.script.push = async () => {
      await gate.promise;
      return DELIVERED;
    };
    const hangUp = new AbortController();
    const mail = { messageId: "<stop@test>", documents: [aPdf("stop")] };
    const sent = fetch(url, {
      method: "POST",
      body: mailForm(mail),
      headers: { "x-api-key": API_KEY },
      signal: hangUp.signal,
    });
    await expect.poll(() => rig.pushes.length).toBe(1);
    hangUp.abort();
    await expect(sent).rejects.toThrow();
    const stopped = rig.ingest[Symbol.asyncDispose]();
    setTimeout(() => gate.resolve(), 300);
    await stopped;
    expect((await rig.eventTypes("document.wiped")).slice(-2)).toEqual(["document.delivered", "document.wiped"]);
  });
});

describe("what each end means to the sender", () => {
  it.each<[string, number, string, () => void]>([
    [
      "refused by the extractor",
      200,
      "document.refused",
      () => (rig.script.extract = async () => ({ result: "refused", code: "document_encrypted" })),
    ],
    [
      "failing validation",
      200,
      "document.invalid",
      () => (rig.script.extract = async () => ({ result: "invalid", code: "extraction_failed_validation" })),
    ],
    [
      "meeting a busy model",
      503,
      "document.deferred",
      () => (rig.script.extract = async () => ({ result: "deferred", code: "model_unavailable" })),
    ],
    [
      "rejected by the ERP",
      200,
      "document.undeliverable",
      () =>
        (rig.script.push = async () => ({
          result: "undeliverable",
          code: "erp_rejected",
          erp_http_status: 400,
          attempts: 1,
        })),
    ],
    [
      "meeting an ERP that is away",
      503,
      "document.deferred",
      () => (rig.script.push = async () => ({ result: "deferred", code: "erp_unavailable", attempts: 1 })),
    ],
  ])("a document %s is answered %i and recorded as %s, with its receipt", async (_name, status, type, arrange) => {
    arrange();
    const mail = { documents: [aPdf("end")], messageId: `<${type}${status}${_name}@test>` };
    expect((await rig.post(mail)).status).toBe(status);
    expect((await rig.eventTypes("document.wiped")).slice(-2)).toEqual([type, "document.wiped"]);
    // What is final is not done again; what is temporary is.
    const before = rig.extractions.length;
    rig.script.extract = async () => EXTRACTED;
    rig.script.push = async () => DELIVERED;
    expect((await rig.post(mail)).status).toBe(200);
    expect(rig.extractions.length - before).toBe(status === 503 ? 1 : 0);
  });

  it("says who read what failed validation, and what that took", async () => {
    const read = {
      provider: "gemini",
      model: "gemini-2.5-flash",
      input_tokens: 900,
      output_tokens: 90,
      attempts: 2,
    } as const;
    rig.script.extract = async () => ({ result: "invalid", code: "extraction_failed_validation", ...read });
    await rig.post({ documents: [aPdf("read")] });
    await rig.eventTypes("document.wiped");
    expect(rig.events.find(({ type }) => type === "document.invalid")?.data).toMatchObject(read);
  });

  it("answers 413 to a document over the limit without any extraction, and delivers the other one", async () => {
    const { status, body } = await rig.post({ documents: [`${aPdf()}${"x".repeat(MAX_UPLOAD_BYTES)}`, aPdf("fits")] });
    expect([status, body]).toEqual([413, { error: "payload_too_large" }]);
    expect([rig.extractions.length, rig.pushes.length]).toEqual([1, 1]);
    await rig.eventTypes("document.refused");
    const refused = rig.events.find(({ type }) => type === "document.refused");
    expect(refused?.data).toMatchObject({ code: "document_too_large", stage: "receive" });
  });

  it("asks for the whole mail again when one of its documents must come again, and then does only that one", async () => {
    rig.script.push = async () =>
      rig.pushes.length === 2 ? { result: "deferred", code: "erp_unavailable", attempts: 1 } : DELIVERED;
    const mail = { messageId: "<three@test>", documents: [aPdf("1"), aPdf("2"), aPdf("3")] };
    expect((await rig.post(mail)).status).toBe(503);
    expect((await rig.post(mail)).status).toBe(200);
    expect(rig.extractions.length).toBe(4);
    expect(rig.pushes).toHaveLength(4);
    expect(new Set(rig.pushes.map(({ document_id }) => document_id)).size).toBe(3);
  });

  it("takes the same PDF attached twice as one document", async () => {
    const { status, body } = await rig.post({ documents: [aPdf("twin"), aPdf("twin")] });
    expect(status).toBe(200);
    expect(body).toMatchObject({ documents: [{ status: "delivered" }] });
    expect(rig.pushes).toHaveLength(1);
  });

  it.each([
    ["nobody's", "unroutable", { to: ["who@else.example"] }],
    ["without any attachment", "ignored", { documents: [] }],
  ])("answers 200 to a mail that is %s and records it as %s", async (_name, status, mail) => {
    const answer = await rig.post(mail);
    expect(answer).toMatchObject({ status: 200, body: { status, documents: [] } });
    await rig.eventTypes(`mail.${status}`);
    expect(rig.extractions.length).toBe(0);
  });
});

describe("an attachment that is no PDF", () => {
  it("is refused with its own code; a mail with nothing else is ignored, too", async () => {
    const { status, body } = await rig.post({ documents: ["GIF89a", ""] });
    expect([status, body]).toMatchObject([
      200,
      {
        status: "ignored",
        documents: [
          { status: "refused", code: "document_not_pdf" },
          { status: "refused", code: "document_empty" },
        ],
      },
    ]);
    await expect.poll(() => rig.events.filter(({ type }) => type === "document.wiped").length).toBe(2);
    expect(rig.events.map(({ type }) => type).slice(0, 2)).toEqual(["mail.received", "mail.ignored"]);
    expect(rig.events.flatMap((event) => (event.type === "document.refused" ? [event.data.code] : [])).sort()).toEqual([
      "document_empty",
      "document_not_pdf",
    ]);
    expect(rig.extractions.length).toBe(0);
  });

  it("does not keep a PDF beside it from being delivered", async () => {
    const { status, body } = await rig.post({ documents: ["PK\u0003\u0004 a spreadsheet", aPdf("beside")] });
    expect([status, body]).toMatchObject([
      200,
      { status: "processed", documents: [{ code: "document_not_pdf" }, { status: "delivered" }] },
    ]);
  });
});

describe("what is no acceptable mail", () => {
  it.each<[string, number, string, string, string]>([
    [
      "breaks off",
      400,
      "malformed_request",
      "mail_malformed",
      "--y\r\nContent-Disposition: form-data; name=a\r\n\r\nb",
    ],
    ["has too many fields", 413, "payload_too_large", "mail_over_limits", fields(251)],
    ["has ten thousand parts", 413, "payload_too_large", "mail_over_limits", fields(10_000)],
  ])("because it %s is answered %i and on record", async (_name, status, category, code, body) => {
    const headers = { "x-api-key": API_KEY, "content-type": "multipart/form-data; boundary=y" };
    const response = await fetch(url, { method: "POST", headers, body });
    expect([response.status, await response.json()]).toEqual([status, { error: category }]);
    await rig.eventTypes("mail.refused");
    expect(rig.events[0]?.data).toMatchObject({ source: "sendgrid", code, size_bytes: body.length });
    expect(rig.events).toHaveLength(1);
  });

  it("is not on record when nobody showed a key", async () => {
    const headers = { "content-type": "multipart/form-data; boundary=y" };
    expect((await fetch(url, { method: "POST", headers, body: "x" })).status).toBe(401);
    expect((await rig.post({})).status).toBe(200);
    expect((await rig.eventTypes("document.wiped"))[0]).toBe("mail.received");
  });
});

function fields(count: number): string {
  const field = '--y\r\nContent-Disposition: form-data; name="x"\r\n\r\n\r\n';
  return `${field.repeat(count)}--y--\r\n`;
}

describe("the edge", () => {
  it.each([null, "", "wrong", `${API_KEY}x`])("answers 401 to the key %j", async (key) => {
    const { status, body } = await rig.post({}, { key });
    expect([status, body]).toEqual([401, { error: "authentication_failed" }]);
  });

  it.each<[number, string, string, RequestInit]>([
    [404, "not_found", "/nowhere", { method: "POST" }],
    [405, "method_not_allowed", "/webhooks/sendgrid", { method: "GET" }],
    [
      415,
      "unsupported_media_type",
      "/webhooks/sendgrid",
      { method: "POST", body: "{}", headers: { "content-type": "application/json" } },
    ],
    [
      400,
      "malformed_request",
      "/webhooks/sendgrid",
      { method: "POST", body: "x", headers: { "content-type": "multipart/form-data; boundary=y" } },
    ],
    [400, "malformed_request", "/%zz", { method: "GET" }],
  ])("answers %i %s on %s", async (status, category, path, init) => {
    const response = await fetch(new URL(path, url), { ...init, headers: { ...init.headers, "x-api-key": API_KEY } });
    expect([response.status, await response.text()]).toEqual([status, JSON.stringify({ error: category })]);
    expect(response.headers.get("server")).toBeNull();
  });

  it("is live and ready", async () => {
    expect((await fetch(new URL("/livez", url))).status).toBe(200);
    expect((await fetch(new URL("/readyz", url))).status).toBe(200);
  });

  it.each(TRACE_CONTEXTS)("takes a mail with %s", async (_what, headers) => {
    const answer = await fetch(url, {
      method: "POST",
      body: mailForm({}),
      headers: [["x-api-key", API_KEY], ...headers],
    });
    expect(answer.status).toBe(200);
  });

  it("logs nothing of a mail but ids, sizes, statuses and codes", async () => {
    await rig.post({ documents: [aPdf("canary-content")] });
    expect(rig.logLines.join("")).toContain("document.ended");
    for (const canary of ["canary", "supplier.example", "acme.example", API_KEY])
      expect(rig.logLines.join("")).not.toContain(canary);
  });
});

describe("while a stream covers the subjects on which documents pass", () => {
  const spy = { name: "SPY", subjects: ["flowstate.documents.>"] };

  it("takes nothing on, says that it is not ready, and takes the same mail when the stream is gone", async () => {
    await using admin = await administrator();
    await using ingest = await rig.anotherIngest({}, { structureWatchMs: 20 });
    const readiness = async () => (await fetch(rig.urlOf("/readyz", ingest))).status;
    expect(await readiness()).toBe(200);
    await admin.manager.streams.add(spy);
    await expect.poll(readiness).toBe(503);
    const mail = { messageId: "<overheard@test>" };
    expect((await rig.post(mail, { ingest })).status).toBe(503);
    await admin.manager.streams.delete(spy.name);
    await expect.poll(readiness).toBe(200);
    expect((await rig.post(mail, { ingest })).status).toBe(200);
  });

  it("does not start", async () => {
    await using admin = await administrator();
    await admin.manager.streams.add(spy);
    try {
      await expect(rig.anotherIngest()).rejects.toThrow("a stream covers");
    } finally {
      await admin.manager.streams.delete(spy.name);
    }
  });
});

async function administrator() {
  const connection = await connectEvents({
    url: broker.url,
    identity: "admin",
    password: broker.passwords.admin,
    logger: createLogger("test", "error", { write: () => {} }),
  });
  return {
    manager: await connection.nats.jetstreamManager(),
    [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose](),
  };
}

describe("when the broker is away", () => {
  it("answers 503, wipes, and goes on by itself when it is back", async () => {
    await broker.kill();
    await expect.poll(async () => (await fetch(new URL("/readyz", url))).status).toBe(503);
    expect(await rig.post({})).toMatchObject({ status: 503, body: { error: "temporarily_unavailable" } });
    expect(rig.extractions.length).toBe(0);
    await broker.restart();
    await expect.poll(async () => (await fetch(new URL("/readyz", url))).status, { timeout: 10_000 }).toBe(200);
    await expect.poll(async () => (await rig.post({ messageId: "<back@test>" })).status, { timeout: 10_000 }).toBe(200);
  });
});
