import {
  type ExtractOutcome,
  eventSchema,
  extractRequestSchema,
  type FlowstateEvent,
  type PushOutcome,
  type PushRequest,
  pushRequestSchema,
  type TransferService,
} from "@flowstate/contracts";
import { GhostBytes, MemoryBudget } from "@flowstate/ghost";
import type { NatsServer } from "@flowstate/local/servers/nats-server.ts";
import { connectDocuments, connectEvents, consumeEvents, provisionEvents, serveTransfers } from "@flowstate/messaging";
import { createLogger, type RunningService, readConfig } from "@flowstate/runtime";
import { expect } from "vitest";
import type { z } from "zod";
import { ingestConfig } from "../config.ts";
import { startIngest } from "../start.ts";

export const API_KEY = "test-api-key-0123456789";
export const MAX_UPLOAD_BYTES = 200_000;
export const EXTRACTED: ExtractOutcome = {
  result: "extracted",
  provider: "e-invoice",
  page_count: 1,
  validation_status: "valid",
  validation_issue_count: 0,
};
export const DELIVERED: PushOutcome = { result: "delivered", erp_http_status: 200, attempts: 1 };
/** What the scripted extractor reads from every document. */
export const EXTRACTION = '{"read":"from the document"}';

const EVENTS_TIMEOUT_MS = 5_000;

/** A mail as the rig posts it. */
export interface PostedMail {
  readonly to?: readonly string[];
  readonly from?: string;
  readonly messageId?: string;
  readonly documents?: readonly (Buffer | string)[];
  /** Further fields, by name. */
  readonly fields?: Readonly<Record<string, string>>;
}

export const aPdf = (text = "x") => `%PDF-1.7\n${text}`;

let mailNumber = 0;

/** A mail as SendGrid's default mode has it, with the envelope behind the files. */
export function mailForm({
  to = ["in@acme.example"],
  from = "s@supplier.example",
  messageId = `<${mailNumber++}@test>`,
  documents = [aPdf()],
  fields = {},
}: PostedMail): FormData {
  const body = new FormData();
  body.set("headers", `Subject: canary-subject\r\nMessage-ID: ${messageId}\r\n`);
  for (const [n, document] of documents.entries()) {
    body.set(`attachment${n + 1}`, new Blob([Buffer.from(document)]), "canary-name.pdf");
  }
  body.set("envelope", JSON.stringify({ to, from }));
  for (const [name, value] of Object.entries(fields)) body.set(name, value);
  return body;
}

interface Script {
  /** What is read from every document. */
  extraction: string;
  extract: (content: Buffer) => Promise<ExtractOutcome>;
  push: (extraction: string, request: PushRequest) => Promise<PushOutcome>;
}

/**
 * Ingest as a test has it: real, with its HTTP server, on a real broker with the production permissions, stream and
 * ledger; extractor and erp-pusher are functions that the test scripts, behind real sealed transfers.
 */
export class IngestRig implements AsyncDisposable {
  readonly logLines: string[] = [];
  readonly events: FlowstateEvent[] = [];
  /** Document ids, in the order in which the extractor was asked. */
  readonly extractions: string[] = [];
  readonly pushes: PushRequest[] = [];
  /** To be replaced by the test. */
  readonly script: Script = { extraction: EXTRACTION, extract: async () => EXTRACTED, push: async () => DELIVERED };
  readonly #broker: NatsServer;
  readonly #parts = new AsyncDisposableStack();
  readonly #logger = createLogger("test", "debug", { write: (line) => void this.logLines.push(line) });
  #ingest: RunningService | undefined;

  private constructor(broker: NatsServer) {
    this.#broker = broker;
  }

  /** `settings` are added to ingest's environment; an undefined one is left out of it. */
  static async start(broker: NatsServer, settings: Readonly<NodeJS.ProcessEnv> = {}): Promise<IngestRig> {
    const rig = new IngestRig(broker);
    await rig.#open(settings);
    return rig;
  }

  get ingest(): RunningService {
    if (this.#ingest === undefined) throw new Error("the rig has not started");
    return this.#ingest;
  }

  urlOf(path: string, ingest = this.ingest): URL {
    return new URL(path, ingest.url);
  }

  /** One more instance, on the same broker and with the same secrets. The caller disposes it. */
  anotherIngest(
    settings: Readonly<NodeJS.ProcessEnv> = {},
    times?: Parameters<typeof startIngest>[2],
  ): Promise<RunningService> {
    const environment: NodeJS.ProcessEnv = {
      FLOWSTATE_LOCAL: "true",
      INGEST_HOST: "127.0.0.1",
      INGEST_PORT: "0",
      NATS_URL: this.#broker.url,
      NATS_DOCUMENTS_PASSWORD: this.#broker.passwords["ingest-documents"],
      NATS_EVENTS_PASSWORD: this.#broker.passwords["ingest-events"],
      API_SECRET: API_KEY,
      TENANT_ID: "acme",
      TENANT_ADDRESS: "in@acme.example, invoices@acme.example",
      DOCUMENT_ID_SECRET: "x".repeat(32),
      MAX_UPLOAD_BYTES: String(MAX_UPLOAD_BYTES),
      MAIL_DEADLINE_MS: "8000",
      STOP_DRAIN_MS: "0",
      ...settings,
    };
    return startIngest(readConfig(ingestConfig.schema, ingestConfig.variables, environment), this.#logger, times);
  }

  /** Posts a mail to the webhook. A key of null is left out. */
  async post(
    mail: PostedMail,
    { key = API_KEY, ingest = this.ingest }: { readonly key?: string | null; readonly ingest?: RunningService } = {},
  ): Promise<{ status: number; body: unknown; headers: Headers }> {
    const response = await fetch(this.urlOf("/webhooks/sendgrid", ingest), {
      method: "POST",
      body: mailForm(mail),
      headers: key === null ? {} : { "x-api-key": key },
    });
    return { status: response.status, body: await response.json(), headers: response.headers };
  }

  /** The types of all events so far, once the last expected one is there. */
  async eventTypes(last: string): Promise<string[]> {
    await expect.poll(() => this.events.some(({ type }) => type === last), { timeout: EVENTS_TIMEOUT_MS }).toBe(true);
    return this.events.map(({ type }) => type);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#parts.disposeAsync();
  }

  async #open(settings: Readonly<NodeJS.ProcessEnv>): Promise<void> {
    await provisionEvents({ url: this.#broker.url, password: this.#broker.passwords.admin });
    await this.#serve("extractor", extractRequestSchema, async (request, content) => {
      this.extractions.push(request.document_id);
      const outcome = await this.script.extract(content);
      if (outcome.result !== "extracted") return { outcome };
      return { outcome, content: GhostBytes.taking(Buffer.from(this.script.extraction)) };
    });
    await this.#serve("erp-pusher", pushRequestSchema, async (request, content) => {
      this.pushes.push(request);
      return { outcome: await this.script.push(content.toString(), request) };
    });
    this.#ingest = this.#parts.use(await this.anotherIngest(settings));
    await this.#followEvents();
  }

  async #serve<Request>(
    service: TransferService,
    requestSchema: z.ZodType<Request>,
    handle: (request: Request, content: Buffer) => Promise<{ outcome: object; content?: GhostBytes }>,
  ): Promise<void> {
    const { url, passwords } = this.#broker;
    const connection = this.#parts.use(
      await connectDocuments({ url, identity: service, password: passwords[service], logger: this.#logger }),
    );
    this.#parts.use(
      await serveTransfers(connection, {
        service,
        description: "scripted",
        requestSchema,
        maxContentBytes: 1_000_000,
        budget: new MemoryBudget(50_000_000),
        logger: this.#logger,
        handle: ({ request, content }) => handle(request, content.view()),
      }),
    );
  }

  async #followEvents(): Promise<void> {
    const { url, passwords } = this.#broker;
    const audit = this.#parts.use(
      await connectEvents({ url, identity: "audit", password: passwords.audit, logger: this.#logger }),
    );
    // What an earlier test on the same broker caused may come late.
    const startedAt = new Date().toISOString();
    const stop = new AbortController();
    const following = consumeEvents(audit, {
      batchSize: 100,
      gatherMs: 0,
      signal: stop.signal,
      logger: this.#logger,
      read: ({ data }) => eventSchema.parse(JSON.parse(Buffer.from(data).toString())),
      prepare: (batch) => batch,
      store: async (batch) => void this.events.push(...batch.filter(({ time }) => time >= startedAt)),
    });
    this.#parts.defer(async () => {
      stop.abort();
      await following;
    });
  }
}
