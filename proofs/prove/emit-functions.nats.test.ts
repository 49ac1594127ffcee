// Real: the logger, spans exported over OTLP, events published to nats-server, every function by which a service speaks.
// Doubled: standard output, and the collector.
import { randomUUID } from "node:crypto";
import { startOtlpCollector } from "@flowstate/local/doubles/otlp.ts";
import { type NatsServer, startNatsServer } from "@flowstate/local/servers/nats-server.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectEvents, EventPublisher, type EventsConnection, provisionEvents } from "../../libs/messaging/index.ts";
import { createLogger, type LogFields, type Logger, startTelemetry, withSpan } from "../../libs/runtime/index.ts";
import { logAbandonedDelivery, logDelivery, logGateChange } from "../../services/erp-pusher/events.ts";
import { logExtraction, logModelBreaker, logModelFault } from "../../services/extractor/events.ts";
import { newMark, Planter } from "./canaries/canary.ts";

const MARK = newMark();
const CANARY = new Planter(MARK, 1).text(1);

/** What a document, a mail or a third party's message could be, with a canary in each. */
const NAUGHTY: readonly string[] = [
  CANARY,
  `Invoice ${CANARY}`,
  `${CANARY}.pdf`,
  `${CANARY}@supplier.example`,
  `https://supplier.example/?q=${CANARY}`,
  `<script>${CANARY}</script>`,
  `'; DROP TABLE events; -- ${CANARY}`,
  `{"vendor":"${CANARY}"}`,
  `line\n    at ${CANARY} (a/b.ts:1:1)`,
  `\u0000${CANARY}\u2028`,
  `${CANARY}\u202e請求書`,
  `%50${CANARY}%00`,
  CANARY.repeat(400),
];

/** Every text in it is replaced, whatever its type says. */
function spoiled<T>(value: T, text: string): T {
  if (typeof value === "string") return Object(text).valueOf();
  if (Array.isArray(value)) return Object(value.map((item) => spoiled(item, text)));
  if (typeof value !== "object" || value === null) return value;
  return Object(Object.fromEntries(Object.entries(value).map(([name, item]) => [name, spoiled(item, text)])));
}

function errorOf(text: string): Error {
  const error = new Error(text, { cause: new Error(text) });
  error.name = text;
  return Object.assign(error, { code: text, detail: text });
}

function written(write: (logger: Logger) => void): string {
  const lines: string[] = [];
  write(createLogger("ingest", "debug", { write: (line) => void lines.push(line) }));
  return lines.join("");
}

const FIELDS: Required<{ [Name in keyof LogFields]: string }> = {
  mail_id: "",
  document_id: "",
  tenant_id: "",
  transfer_id: "",
  instance: "",
  stage: "",
  code: "",
  rule: "",
  end: "",
  measure: "",
  peer: "",
  route: "",
  method: "",
  provider: "",
  model: "",
  finish_reason: "",
  status: "",
  erp_http_status: "",
  attempts: "",
  ambiguous: "",
  documents: "",
  events: "",
  alerts: "",
  affected: "",
  segments: "",
  page_count: "",
  size_bytes: "",
  wiped_bytes: "",
  input_tokens: "",
  output_tokens: "",
  duration_ms: "",
  signal: "",
  holds: "",
  url: "",
  variable: "",
};

const ids = { documentId: "d", tenantId: "t", sizeBytes: 1, durationMs: 1 };
const extracted = { result: "extracted", provider: "p", model: "m", page_count: 1, code: "c" };
const outcome = { result: "deferred", code: "c", attempts: 1 };

/** Each function by which something is said, called with this text in every argument. */
const SAYINGS: readonly (readonly [string, (logger: Logger, text: string) => void])[] = [
  ["debug", (logger, text) => logger.debug(text, spoiled(Object(FIELDS), text))],
  ["info", (logger, text) => logger.info(text, spoiled(Object(FIELDS), text))],
  ["warn", (logger, text) => logger.warn(text, spoiled(Object(FIELDS), text), errorOf(text))],
  ["error", (logger, text) => logger.error(text, spoiled(Object(FIELDS), text), errorOf(text))],
  ["error, of what is no error", (logger, text) => logger.error(text, { [text]: text }, text)],
  [
    "logExtraction",
    (logger, text) => logExtraction(logger, spoiled(Object(ids), text), spoiled(Object(extracted), text)),
  ],
  [
    "logExtraction, a bug",
    (logger, text) => logExtraction(logger, spoiled(Object(ids), text), spoiled(Object(outcome), text), errorOf(text)),
  ],
  [
    "logModelFault",
    (logger, text) => {
      const fault = { model: "m", code: "c", needsOperator: true, attempts: 1, finishReason: "STOP" };
      logModelFault(logger, spoiled(Object(fault), text));
    },
  ],
  ["logModelBreaker", (logger, text) => logModelBreaker(logger, text, true)],
  [
    "logDelivery",
    (logger, text) =>
      logDelivery(logger, spoiled(Object(ids), text), {
        outcome: spoiled(Object(outcome), text),
        ambiguous: true,
        cause: errorOf(text),
      }),
  ],
  ["logAbandonedDelivery", (logger, text) => logAbandonedDelivery(logger, spoiled(Object(ids), text))],
  ["logGateChange", (logger, text) => logGateChange(logger, spoiled(Object("t"), text), "opened")],
];

describe("what is logged", () => {
  it.each(SAYINGS)("by %s holds none of the texts it was given", (_name, say) => {
    for (const text of NAUGHTY) {
      const line = written((logger) => say(logger, text));
      expect(line.length).toBeGreaterThan(0);
      expect(line.includes(MARK)).toBe(false);
    }
  });
});

describe("what is traced", () => {
  it("holds none of the texts it was given, as names, attributes, parents, links or errors", async () => {
    await using collector = await startOtlpCollector();
    const telemetry = await startTelemetry("ingest", new URL(collector.url));
    const names = [
      "flowstate.tenant_id",
      "flowstate.code",
      "http.route",
      "http.request.method",
      "gen_ai.request.model",
    ];
    for (const text of NAUGHTY) {
      const attributes = {
        ...Object.fromEntries(names.map((name) => [name, text])),
        [text]: text,
        "gen_ai.response.finish_reasons": [text],
        "flowstate.size_bytes": text,
      };
      const start = { attributes: Object(attributes), parent: text, links: [text] };
      const failing = withSpan(text, start, async (span) => {
        span.set(Object(attributes));
        throw errorOf(text);
      });
      await expect(failing).rejects.toThrow();
    }
    await telemetry[Symbol.asyncDispose]();
    expect(collector.spans.length).toBe(NAUGHTY.length);
    expect(collector.bodies.join("").includes(MARK)).toBe(false);
  });
});

describe("an event", () => {
  let server: NatsServer;
  let events: EventsConnection;
  let publisher: EventPublisher;
  beforeAll(async () => {
    server = await startNatsServer();
    await provisionEvents({ url: server.url, password: server.passwords.admin });
    const logger = createLogger("test", "error", { write: () => {} });
    const password = server.passwords["ingest-events"];
    events = await connectEvents({ url: server.url, identity: "ingest-events", password, logger });
    publisher = new EventPublisher(events, "/flowstate/ingest");
  });
  afterAll(async () => {
    await events[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  const deferred = () => ({
    tenant_id: "acme",
    mail_id: randomUUID(),
    document_id: randomUUID(),
    code: "model_unavailable",
    stage: "extract",
    duration_ms: 1,
  });

  it("is published with what is on the list", async () => {
    await expect(publisher.publish(Object({ type: "document.deferred", data: deferred() }))).resolves.toBeUndefined();
  });

  it.each(Object.keys(deferred()))("is not published with a text of somebody else's as %s", async (name) => {
    for (const text of NAUGHTY) {
      const event = { type: "document.deferred", data: { ...deferred(), [name]: text } };
      await expect(publisher.publish(Object(event))).rejects.toThrow();
    }
  });

  it("is not published with a field that is not on the list, or as another type", async () => {
    for (const text of NAUGHTY) {
      const more = { type: "document.deferred", data: { ...deferred(), [text]: text } };
      await expect(publisher.publish(Object(more))).rejects.toThrow();
      await expect(publisher.publish(Object({ type: text, data: deferred() }))).rejects.toThrow();
    }
  });
});
