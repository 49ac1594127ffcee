// Real: ingest with its HTTP server, nats-server with the production permissions, sealed transfers, stream, ledger.
// Doubled: extractor and erp-pusher are scripted functions behind real sealed transfers; the mail is posted with fetch.
import {
  type ExtractOutcome,
  eventSchema,
  extractRequestSchema,
  type FlowstateEvent,
  type PushOutcome,
  pushRequestSchema,
  type TransferService,
} from "@flowstate/contracts";
import { GhostBytes, MemoryBudget } from "@flowstate/ghost";
import { type NatsServer, startNatsServer } from "@flowstate/local/servers/nats-server.ts";
import { connectDocuments, connectEvents, consumeEvents, provisionEvents, serveTransfers } from "@flowstate/messaging";
import { createLogger, type RunningService, readConfig } from "@flowstate/runtime";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { z } from "zod";
import { ingestConfig } from "./config.ts";
import { startIngest } from "./start.ts";

const API_KEY = "test-api-key-0123456789";
const MAX_UPLOAD_BYTES = 200_000;
const EXTRACTED: ExtractOutcome = {
  result: "extracted",
  provider: "e-invoice",
  page_count: 1,
  validation_status: "valid",
  validation_issue_count: 0,
};
const DELIVERED: PushOutcome = { result: "delivered", erp_http_status: 200, attempts: 1 };

const logLines: string[] = [];
const logger = createLogger("test", "debug", { write: (line) => void logLines.push(line) });
let broker: NatsServer;
let parts: AsyncDisposableStack;
let ingest: RunningService;
let url: string;
let events: FlowstateEvent[];
let script: {
  extract: (content: Buffer) => Promise<ExtractOutcome>;
  push: (extraction: string) => Promise<PushOutcome>;
};
let extractions: number;
let pushes: z.infer<typeof pushRequestSchema>[];

beforeAll(async () => {
  broker = await startNatsServer({});
});
afterAll(() => broker[Symbol.asyncDispose]());

beforeEach(async () => {
  logLines.length = 0;
  events = [];
  extractions = 0;
  pushes = [];
  script = { extract: async () => EXTRACTED, push: async () => DELIVERED };
  await provisionEvents({ url: broker.url, password: broker.passwords.admin });
  parts = new AsyncDisposableStack();
  await serveFunction("extractor", extractRequestSchema, async (_request, content) => {
    extractions += 1;
    const outcome = await script.extract(content);
    if (outcome.result !== "extracted") return { outcome };
    return { outcome, content: GhostBytes.taking(Buffer.from('{"read":"from the document"}')) };
  });
  await serveFunction("erp-pusher", pushRequestSchema, async (request, content) => {
    pushes.push(request);
    return { outcome: await script.push(content.toString()) };
  });
  ingest = parts.use(await startIngest(readConfig(ingestConfig.schema, ingestConfig.variables, environment()), logger));
  url = `${ingest.url}/webhooks/sendgrid`;
  await followEvents();
});
afterEach(() => parts.disposeAsync());

function environment(): NodeJS.ProcessEnv {
  return {
    FLOWSTATE_LOCAL: "true",
    INGEST_HOST: "127.0.0.1",
    INGEST_PORT: "0",
    NATS_URL: broker.url,
    NATS_DOCUMENTS_PASSWORD: broker.passwords["ingest-documents"],
    NATS_EVENTS_PASSWORD: broker.passwords["ingest-events"],
    API_SECRET: API_KEY,
    TENANT_ID: "acme",
    TENANT_ADDRESS: "in@acme.example, invoices@acme.example",
    DOCUMENT_ID_SECRET: "x".repeat(32),
    MAX_UPLOAD_BYTES: String(MAX_UPLOAD_BYTES),
    MAIL_DEADLINE_MS: "8000",
  };
}

async function serveFunction<Request>(
  service: TransferService,
  requestSchema: z.ZodType<Request>,
  handle: (request: Request, content: Buffer) => Promise<{ outcome: object; content?: GhostBytes }>,
): Promise<void> {
  const connection = parts.use(
    await connectDocuments({ url: broker.url, identity: service, password: broker.passwords[service], logger }),
  );
  parts.use(
    await serveTransfers(connection, {
      service,
      description: "scripted",
      requestSchema,
      maxContentBytes: 1_000_000,
      budget: new MemoryBudget(10_000_000),
      logger,
      handle: ({ request, content }) => handle(request, content.view()),
    }),
  );
}

async function followEvents(): Promise<void> {
  const audit = parts.use(
    await connectEvents({ url: broker.url, identity: "audit", password: broker.passwords.audit, logger }),
  );
  const stop = new AbortController();
  const following = consumeEvents(audit, {
    batchSize: 100,
    signal: stop.signal,
    logger,
    store: async (batch) => {
      events.push(...batch.map(({ data }) => eventSchema.parse(JSON.parse(Buffer.from(data).toString()))));
    },
  });
  parts.defer(async () => {
    stop.abort();
    await following;
  });
}

let mailNumber = 0;
interface Mail {
  readonly to?: readonly string[];
  readonly messageId?: string;
  readonly documents?: readonly (Buffer | string)[];
}
const aPdf = (text = "x") => `%PDF-1.7\n${text}`;

function form({
  to = ["in@acme.example"],
  messageId = `<${mailNumber++}@test>`,
  documents = [aPdf()],
}: Mail): FormData {
  const body = new FormData();
  body.set("headers", `Subject: canary-subject\r\nMessage-ID: ${messageId}\r\n`);
  for (const [n, document] of documents.entries()) {
    body.set(`attachment${n + 1}`, new Blob([Buffer.from(document)]), "canary-name.pdf");
  }
  body.set("envelope", JSON.stringify({ to, from: "s@supplier.example" }));
  return body;
}

async function post(
  mail: Mail,
  key: string | null = API_KEY,
): Promise<{ status: number; body: unknown; headers: Headers }> {
  const response = await fetch(url, {
    method: "POST",
    body: form(mail),
    headers: key === null ? {} : { "x-api-key": key },
  });
  return { status: response.status, body: await response.json(), headers: response.headers };
}

/** The types of all events so far, once the last expected one is there. */
async function eventTypes(last: string): Promise<string[]> {
  await expect.poll(() => events.some(({ type }) => type === last), { timeout: 5_000 }).toBe(true);
  return events.map(({ type }) => type);
}

describe("a mail with one document", () => {
  it("is answered 200 once it is delivered, and its whole way is on the stream", async () => {
    const { status, body } = await post({ to: ["other@else.example", "Invoices@ACME.example"] });
    expect(status).toBe(200);
    const documentId = pushes[0]?.document_id;
    expect(body).toEqual({
      mail_id: expect.any(String),
      status: "processed",
      documents: [{ document_id: documentId, status: "delivered" }],
    });
    expect(await eventTypes("document.wiped")).toEqual([
      "mail.received",
      "document.received",
      "document.extracted",
      "document.delivered",
      "document.wiped",
    ]);
    const wiped = events.at(-1);
    const [pdf, extraction] = [aPdf().length, '{"read":"from the document"}'.length];
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
    script.extract = async (content) => {
      received = Buffer.from(content);
      return EXTRACTED;
    };
    script.push = async (extraction) => {
      pushed = extraction;
      return DELIVERED;
    };
    expect((await post({ documents: [document] })).status).toBe(200);
    expect(received?.equals(document)).toBe(true);
    expect(pushed).toBe('{"read":"from the document"}');
  });

  it("does no work on a redelivery and answers 200", async () => {
    const mail = { messageId: "<again@test>", documents: [aPdf("again")] };
    const first = await post(mail);
    const second = await post(mail);
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(second.body).toMatchObject({ documents: [{ document_id: pushes[0]?.document_id, status: "duplicate" }] });
    expect([extractions, pushes.length]).toEqual([1, 1]);
    await eventTypes("document.duplicate");
  });

  it("takes the same bytes in another message for another document", async () => {
    await post({ messageId: "<a@test>", documents: [aPdf("same")] });
    await post({ messageId: "<b@test>", documents: [aPdf("same")] });
    expect(new Set(pushes.map(({ document_id }) => document_id)).size).toBe(2);
  });

  it("answers 503 while the first try still runs, and 200 afterwards", async () => {
    const mail = { messageId: "<slow@test>", documents: [aPdf("slow")] };
    const gate = Promise.withResolvers<void>();
    script.extract = async () => {
      await gate.promise;
      return EXTRACTED;
    };
    const first = post(mail);
    await expect.poll(() => extractions).toBe(1);
    const second = await post(mail);
    expect([second.status, second.body]).toEqual([503, { error: "temporarily_unavailable" }]);
    expect(second.headers.get("retry-after")).toBe("30");
    gate.resolve();
    expect((await first).status).toBe(200);
    expect((await post(mail)).body).toMatchObject({ documents: [{ status: "duplicate" }] });
  });

  it("goes on when the sender hangs up after sending, and the redelivery finds it done", async () => {
    const mail = { messageId: "<hangup@test>", documents: [aPdf("hangup")] };
    const gate = Promise.withResolvers<void>();
    script.extract = async () => {
      await gate.promise;
      return EXTRACTED;
    };
    const hangUp = new AbortController();
    const first = fetch(url, {
      method: "POST",
      body: form(mail),
      headers: { "x-api-key": API_KEY },
      signal: hangUp.signal,
    });
    await expect.poll(() => extractions).toBe(1);
    hangUp.abort();
    await expect(first).rejects.toThrow();
    gate.resolve();
    await expect.poll(() => pushes.length).toBe(1);
    await expect.poll(async () => (await post(mail)).status).toBe(200);
    expect([extractions, pushes.length]).toEqual([1, 1]);
  });
});

describe("when ingest is asked to stop", () => {
  it("finishes a mail whose sender has hung up, to its receipt", async () => {
    const gate = Promise.withResolvers<void>();
    script.push = async () => {
      await gate.promise;
      return DELIVERED;
    };
    const hangUp = new AbortController();
    const mail = { messageId: "<stop@test>", documents: [aPdf("stop")] };
    const sent = fetch(url, {
      method: "POST",
      body: form(mail),
      headers: { "x-api-key": API_KEY },
      signal: hangUp.signal,
    });
    await expect.poll(() => pushes.length).toBe(1);
    hangUp.abort();
    await expect(sent).rejects.toThrow();
    const stopped = ingest[Symbol.asyncDispose]();
    setTimeout(() => gate.resolve(), 300);
    await stopped;
    expect((await eventTypes("document.wiped")).slice(-2)).toEqual(["document.delivered", "document.wiped"]);
  });
});

describe("what each end means to the sender", () => {
  it.each<[string, number, string, () => void]>([
    [
      "refused by the extractor",
      200,
      "document.refused",
      () => (script.extract = async () => ({ result: "refused", code: "document_encrypted" })),
    ],
    [
      "failing validation",
      200,
      "document.invalid",
      () => (script.extract = async () => ({ result: "invalid", code: "extraction_failed_validation" })),
    ],
    [
      "meeting a busy model",
      503,
      "document.deferred",
      () => (script.extract = async () => ({ result: "deferred", code: "model_unavailable" })),
    ],
    [
      "rejected by the ERP",
      200,
      "document.undeliverable",
      () =>
        (script.push = async () => ({
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
      () => (script.push = async () => ({ result: "deferred", code: "erp_unavailable", attempts: 1 })),
    ],
  ])("a document %s is answered %i and recorded as %s, with its receipt", async (_name, status, type, arrange) => {
    arrange();
    const mail = { documents: [aPdf("end")], messageId: `<${type}${status}${_name}@test>` };
    expect((await post(mail)).status).toBe(status);
    expect((await eventTypes("document.wiped")).slice(-2)).toEqual([type, "document.wiped"]);
    // What is final is not done again; what is temporary is.
    const before = extractions;
    script.extract = async () => EXTRACTED;
    script.push = async () => DELIVERED;
    expect((await post(mail)).status).toBe(200);
    expect(extractions - before).toBe(status === 503 ? 1 : 0);
  });

  it("answers 413 to a document over the limit without any extraction, and delivers the other one", async () => {
    const { status, body } = await post({ documents: [`${aPdf()}${"x".repeat(MAX_UPLOAD_BYTES)}`, aPdf("fits")] });
    expect([status, body]).toEqual([413, { error: "payload_too_large" }]);
    expect([extractions, pushes.length]).toEqual([1, 1]);
    await eventTypes("document.refused");
    const refused = events.find(({ type }) => type === "document.refused");
    expect(refused?.data).toMatchObject({ code: "document_too_large", stage: "receive" });
  });

  it("asks for the whole mail again when one of its documents must come again, and then does only that one", async () => {
    script.push = async () =>
      pushes.length === 2 ? { result: "deferred", code: "erp_unavailable", attempts: 1 } : DELIVERED;
    const mail = { messageId: "<three@test>", documents: [aPdf("1"), aPdf("2"), aPdf("3")] };
    expect((await post(mail)).status).toBe(503);
    expect((await post(mail)).status).toBe(200);
    expect(extractions).toBe(4);
    expect(pushes).toHaveLength(4);
    expect(new Set(pushes.map(({ document_id }) => document_id)).size).toBe(3);
  });

  it("takes the same PDF attached twice as one document", async () => {
    const { status, body } = await post({ documents: [aPdf("twin"), aPdf("twin")] });
    expect(status).toBe(200);
    expect(body).toMatchObject({ documents: [{ status: "delivered" }] });
    expect(pushes).toHaveLength(1);
  });

  it.each([
    ["nobody's", "unroutable", { to: ["who@else.example"] }],
    ["without a PDF", "ignored", { documents: ["GIF89a"] }],
    ["without any attachment", "ignored", { documents: [] }],
  ])("answers 200 to a mail that is %s and records it as %s", async (_name, status, mail) => {
    const answer = await post(mail);
    expect(answer).toMatchObject({ status: 200, body: { status, documents: [] } });
    await eventTypes(`mail.${status}`);
    expect(extractions).toBe(0);
  });
});

describe("the edge", () => {
  it.each([null, "", "wrong", `${API_KEY}x`])("answers 401 to the key %j", async (key) => {
    const { status, body } = await post({}, key);
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

  it.each(["00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-ff", "garbage", "00-0-0-00"])(
    "takes a mail whatever the traceparent %s is",
    async (traceparent) => {
      const response = await fetch(url, {
        method: "POST",
        body: form({}),
        headers: { "x-api-key": API_KEY, traceparent },
      });
      expect(response.status).toBe(200);
    },
  );

  it("logs nothing of a mail but ids, sizes, statuses and codes", async () => {
    await post({ documents: [aPdf("canary-content")] });
    expect(logLines.join("")).toContain("document.ended");
    for (const canary of ["canary", "supplier.example", "acme.example", API_KEY])
      expect(logLines.join("")).not.toContain(canary);
  });
});

describe("when the broker is away", () => {
  it("answers 503, wipes, and goes on by itself when it is back", async () => {
    await broker.kill();
    await expect.poll(async () => (await fetch(new URL("/readyz", url))).status).toBe(503);
    expect(await post({})).toMatchObject({ status: 503, body: { error: "temporarily_unavailable" } });
    expect(extractions).toBe(0);
    await broker.restart();
    await expect.poll(async () => (await fetch(new URL("/readyz", url))).status, { timeout: 10_000 }).toBe(200);
    await expect.poll(async () => (await post({ messageId: "<back@test>" })).status, { timeout: 10_000 }).toBe(200);
  });
});
