// Real: every function by which ingest makes a fact an event, the publisher, nats-server with its stream, the logger.
// Doubled: standard output.
import { EVENTS_STREAM, eventSchema } from "@flowstate/contracts";
import { type NatsServer, startNatsServer } from "@flowstate/local/servers/nats-server.ts";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  connectEvents,
  EventPublisher,
  type EventsConnection,
  provisionEvents,
} from "../../../libs/messaging/index.ts";
import { createLogger } from "../../../libs/runtime/index.ts";
import { IngestEvents } from "../../../services/ingest/events.ts";
import { CANARY, errorOf, isNaughty, NAUGHTY, spoilings } from "./naughty.ts";

const MAIL_ID = "7d9f2a4e-3c1b-4f6a-8e5d-0b1c2d3e4f50";
const mail = {
  mailId: MAIL_ID,
  tenantId: "acme",
  senderEmail: "billing@supplier.example",
  source: "sendgrid",
  receivedAt: "2026-11-28T06:00:00.000Z",
  sizeBytes: 1,
};
const document = { documentId: "7d9f2a4e-3c1b-4f6a-8e5d-0b1c2d3e4f51", sizeBytes: 1, refusal: "document_empty" };
const ATTEMPT = "0123456789abcdef";
const ended = (status: string, code: string, stage = "extract") => [
  mail,
  document,
  {
    status,
    code,
    stage,
    durationMs: 1,
    pageCount: 1,
    validationStatus: "valid",
    validationIssueCount: 1,
    erpHttpStatus: 200,
    attempts: 1,
  },
  ATTEMPT,
];
const extracted = {
  result: "extracted",
  page_count: 1,
  provider: "gemini",
  model: "gemini-2.5-flash",
  input_tokens: 1,
  output_tokens: 1,
  attempts: 1,
  validation_status: "valid",
  validation_issue_count: 1,
};

/** Arguments with which each function says all that it can. */
const SAYINGS: Readonly<Record<string, readonly (readonly unknown[])[]>> = {
  mailReceived: [[mail]],
  mailIgnored: [[mail]],
  mailUnroutable: [[mail]],
  mailRefused: [["sendgrid", "mail_malformed", { sizeBytes: 1 }]],
  documentReceived: [[mail, document, 1]],
  documentClaimed: [[mail, document, { attempt: ATTEMPT, durationMs: 1 }]],
  documentExtracted: [[mail, document, extracted, { attempt: ATTEMPT, durationMs: 1 }]],
  documentEnded: [
    [mail, document, { status: "delivered", erpHttpStatus: 200, attempts: 1, durationMs: 1 }, ATTEMPT],
    [mail, document, { status: "duplicate" }, ATTEMPT],
    ended("refused", "document_unreadable"),
    ended("invalid", "extraction_failed_validation"),
    ended("undeliverable", "erp_gone", "deliver"),
    ended("deferred", "model_unavailable"),
  ],
  documentEndedBefore: [
    [
      {
        type: "document.invalid",
        data: {
          tenant_id: mail.tenantId,
          mail_id: MAIL_ID,
          // Not the document of the others: its end is an event already, and the stream would drop this one.
          document_id: "7d9f2a4e-3c1b-4f6a-8e5d-0b1c2d3e4f52",
          code: "extraction_failed_validation",
          stage: "extract",
          duration_ms: 1,
          provider: "gemini",
          model: "gemini-2.5-flash",
        },
      },
    ],
  ],
  documentWiped: [[mail, document, { ingest: 1, extractor: 1, erpPusher: 1 }, ATTEMPT]],
  documentNotAudited: [[mail, document, "broker_unavailable", errorOf("x")]],
};
const WALKED = Object.entries(SAYINGS).flatMap(([name, all]) => all.map((given) => ({ name, given })));

/** The one text of the outside that an event may hold: where the mail came from, and only as an address. */
const SENDER = new RegExp(`"sender_email":"${CANARY}@supplier\\.example"`, "g");

/** What an operator has chosen is held to how it looks; a tenant is in the subject, too. */
const OPERATORS_CHOICE = /"(?:tenant_id|model)":"[^"]*"|^flowstate\.events\.[a-z]+\.[a-z]+\.[^.\n]+$/gm;

let server: NatsServer;
let admin: EventsConnection;
let connection: EventsConnection;
const lines: string[] = [];
const logger = createLogger("ingest", "debug", { write: (line) => void lines.push(line) });

beforeAll(async () => {
  server = await startNatsServer();
  await provisionEvents({ url: server.url, password: server.passwords.admin });
  const quiet = createLogger("test", "error", { write: () => {} });
  const connect = (identity: "admin" | "ingest-events") =>
    connectEvents({ url: server.url, identity, password: server.passwords[identity], logger: quiet });
  [admin, connection] = await Promise.all([connect("admin"), connect("ingest-events")]);
});
afterAll(async () => {
  await Promise.all([admin, connection].map((each) => each[Symbol.asyncDispose]()));
  await server[Symbol.asyncDispose]();
});
beforeEach(async () => {
  lines.length = 0;
  const { streams } = await admin.nats.jetstreamManager();
  await streams.purge(EVENTS_STREAM);
});

/** Says it as ingest does. A fact that is not on the list is a bug, and throws. */
async function say(name: string, given: readonly unknown[]): Promise<unknown> {
  const events = new IngestEvents(new EventPublisher(connection, "/flowstate/ingest"), logger);
  return await Promise.try(() => Reflect.apply(Reflect.get(events, name), events, given));
}

/** Everything that the stream took, headers and subjects included. */
async function published(): Promise<readonly string[]> {
  const { streams } = await admin.nats.jetstreamManager();
  const { first_seq: first, last_seq: last } = (await streams.info(EVENTS_STREAM)).state;
  const taken: string[] = [];
  for (let seq = first; seq <= last; seq += 1) {
    const { subject, header, string } = await streams.getMessage(EVENTS_STREAM, { seq }).then((message) => ({
      subject: message.subject,
      header: JSON.stringify([...message.header]),
      string: message.string(),
    }));
    taken.push(`${subject}\n${header}\n${string}`);
  }
  return taken;
}

describe("what ingest says", () => {
  it("is walked for every function that it has", () => {
    const functions = Object.getOwnPropertyNames(IngestEvents.prototype).filter((name) => name !== "constructor");
    expect(Object.keys(SAYINGS)).toEqual(functions);
  });

  it.each(WALKED)("by $name is an event or a line, when it is on the list", async ({ name, given }) => {
    await say(name, given);
    const events = await published();
    expect(events.length + lines.length).toBeGreaterThan(0);
    for (const event of events)
      expect(eventSchema.safeParse(JSON.parse(event.split("\n").at(-1) ?? "")).error).toBeUndefined();
    expect(lines.join("").replaceAll(/"error(?:_code)?":"\[withheld\]"/g, "")).not.toContain("[withheld]");
  });

  it.each(WALKED)("by $name holds none of the texts it was given", async ({ name, given }) => {
    for (const text of NAUGHTY) {
      for (const spoiled of spoilings(given, text)) await say(name, spoiled).catch(() => undefined);
    }
    const said = [...(await published()), ...lines].join("\n");
    expect(isNaughty(said.replaceAll(SENDER, "").replaceAll(OPERATORS_CHOICE, ""))).toBe(false);
  });

  it("as a sender's address is an address and nothing else", async () => {
    for (const text of NAUGHTY) {
      const saying = say("mailReceived", [{ ...mail, senderEmail: text }]);
      if (text === `${CANARY}@supplier.example`) await expect(saying).resolves.toBeUndefined();
      else await expect(saying).rejects.toThrow();
    }
  });
});

describe("a published event", () => {
  const data = { tenant_id: "acme", mail_id: MAIL_ID, code: "no_document" };
  const publish = (event: unknown) => new EventPublisher(connection, "/flowstate/ingest").publish(Object(event));

  it("has a type, and data, of the list", async () => {
    await publish({ type: "mail.ignored", data });
    for (const text of NAUGHTY) {
      await expect(publish({ type: text, data })).rejects.toThrow();
      await expect(publish({ type: "mail.ignored", data: { ...data, [text]: text } })).rejects.toThrow();
    }
  });
});
