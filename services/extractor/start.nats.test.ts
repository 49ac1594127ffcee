import { randomBytes } from "node:crypto";
import {
  documentIdSchema,
  extractOutcomeSchema,
  inboxPrefix,
  openReplySchema,
  tenantIdSchema,
  transferOpenSubject,
} from "@flowstate/contracts";
import { GhostBytes } from "@flowstate/ghost";
import { type GeminiDouble, startGemini } from "@flowstate/local/doubles/gemini.ts";
import { eInvoicePdf } from "@flowstate/local/fixtures/e-invoice.ts";
import { type NatsServer, startNatsServer } from "@flowstate/local/servers/nats-server.ts";
import { callService, connectDocuments, Deadline, type DocumentsConnection } from "@flowstate/messaging";
import { readConfig } from "@flowstate/runtime";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { extractorConfig } from "./config.ts";
import { startExtractor } from "./start.ts";
import { recordingLogger } from "./testing/transfer-call.ts";

// Real: nats-server with the production permissions, the sealed transfer on both sides, the extractor. Doubled: Gemini;
// ingest is the few lines that call.

/** As the platform has it: an extractor that starts in this process puts its own in its place. */
const PLATFORM_FETCH = globalThis.fetch;

let broker: NatsServer;
let caller: DocumentsConnection;
beforeAll(async () => {
  broker = await startNatsServer({});
  const password = broker.passwords["ingest-documents"];
  const { logger } = recordingLogger();
  caller = await connectDocuments({ url: broker.url, identity: "ingest-documents", password, logger });
});
afterAll(async () => {
  await caller[Symbol.asyncDispose]();
  await broker[Symbol.asyncDispose]();
});

let stack: AsyncDisposableStack;
beforeEach(() => {
  stack = new AsyncDisposableStack();
});
afterEach(() => stack.disposeAsync());

async function startWith(gemini: GeminiDouble): Promise<Awaited<ReturnType<typeof startExtractor>>> {
  stack.defer(() => {
    globalThis.fetch = PLATFORM_FETCH;
  });
  const environment = {
    FLOWSTATE_LOCAL: "true",
    NATS_URL: broker.url,
    EXTRACTOR_HOST: "127.0.0.1",
    EXTRACTOR_PORT: "0",
    NATS_DOCUMENTS_PASSWORD: broker.passwords["extractor"],
    GEMINI_API_KEY: "AIza-test-key",
    GEMINI_BASE_URL: gemini.url,
  };
  const config = readConfig(extractorConfig.schema, extractorConfig.variables, environment);
  return stack.use(await startExtractor(config, recordingLogger().logger));
}

async function extract(pdf: Uint8Array) {
  using content = GhostBytes.taking(pdf);
  const { outcome, content: extraction } = await callService(caller, {
    service: "extractor",
    request: {
      document_id: documentIdSchema.parse("5f8c1d1e-6d0c-4b52-9a37-0a4c9d3b7e21"),
      tenant_id: tenantIdSchema.parse("acme"),
    },
    content,
    outcomeSchema: extractOutcomeSchema,
    deadline: Deadline.in(30_000),
    signal: new AbortController().signal,
    logger: recordingLogger().logger,
  });
  extraction?.wipe();
  return outcome;
}

/** Asks for a transfer and never begins it. */
async function openOnly(): Promise<string> {
  const reply_to = `${inboxPrefix("ingest-documents")}.${randomBytes(8).toString("hex")}`;
  const body = JSON.stringify({ version: 1, size_bytes: 10, reply_to });
  const answer = await caller.nats.request(transferOpenSubject("extractor"), body, { timeout: 5_000 });
  return openReplySchema.parse(answer.json()).answer;
}

describe("extractor", () => {
  it("brings a document to the model and its extraction back", async () => {
    const gemini = stack.use(await startGemini());
    await startWith(gemini);
    const outcome = await extract(await eInvoicePdf({ xml: false }));
    expect(outcome).toMatchObject({ result: "extracted", provider: "gemini", attempts: 1 });
  });

  it("is ready once it takes documents, and no more when it stops", async () => {
    const gemini = stack.use(await startGemini());
    const { url } = await startWith(gemini);
    const probe = async (path: string) => (await PLATFORM_FETCH(new URL(path, url))).status;
    expect([await probe("/livez"), await probe("/readyz")]).toEqual([200, 200]);
    await stack.disposeAsync();
    await expect(probe("/readyz")).rejects.toThrow("fetch failed");
    stack = new AsyncDisposableStack();
  });

  it("is busy early while the model fails, but for a few documents: those that need no model are read", async () => {
    const gemini = stack.use(await startGemini({ answer: () => ({ status: 429, quotaId: "RequestsPerDay" }) }));
    await startWith(gemini);
    expect(await extract(await eInvoicePdf({ xml: false }))).toEqual({
      result: "deferred",
      code: "model_unavailable",
      attempts: 1,
    });
    expect(await extract(await eInvoicePdf({ xml: false }))).toEqual({
      result: "deferred",
      code: "model_unavailable",
      attempts: 0,
    });
    expect(await extract(await eInvoicePdf())).toMatchObject({ result: "extracted", provider: "e-invoice" });
    expect(gemini.attempts).toBe(1);
    // The transfer before may not quite be over: the second of these is granted or not.
    const answers = [await openOnly(), await openOnly(), await openOnly()];
    expect(answers[0]).toBe("granted");
    expect(answers[2]).toBe("busy");
  });
});
