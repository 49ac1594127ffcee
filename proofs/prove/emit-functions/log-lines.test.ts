// Real: the logger, every function by which a service writes a line, the OTLP exporter. Doubled: standard output, the
// collector.
import { type OtlpDouble, startOtlpCollector } from "@flowstate/local/doubles/otlp.ts";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { addRoute, createLogger, type LogFields, type Logger, startTelemetry } from "../../../libs/runtime/index.ts";
import * as erpPusher from "../../../services/erp-pusher/events.ts";
import * as extractor from "../../../services/extractor/events.ts";
import { errorOf, isNaughty, NAUGHTY, spoilings } from "./naughty.ts";

/** Every field there is, as it looks when it is taken. */
const FIELDS: Required<LogFields> = {
  mail_id: "7d9f2a4e-3c1b-4f6a-8e5d-0b1c2d3e4f50",
  document_id: "7d9f2a4e-3c1b-4f6a-8e5d-0b1c2d3e4f51",
  tenant_id: "acme",
  stage: "extract",
  code: "model_unavailable",
  rule: "events_set_aside",
  end: "deferred",
  measure: "no_swap",
  peer: "extractor",
  route: "/api/documents/:id",
  method: "POST",
  provider: "gemini",
  model: "gemini-2.5-flash",
  finish_reason: "MAX_TOKENS",
  status: 200,
  erp_http_status: 200,
  attempts: 1,
  ambiguous: true,
  documents: 1,
  events: 1,
  alerts: 1,
  affected: 1,
  segments: 1,
  page_count: 1,
  size_bytes: 1,
  wiped_bytes: 1,
  input_tokens: 1,
  output_tokens: 1,
  duration_ms: 1,
  signal: "SIGTERM",
  holds: true,
  url: "http://127.0.0.1:8080",
  migration: 1,
};

const { document_id: documentId, tenant_id: tenantId } = FIELDS;
const facts = { documentId, tenantId, sizeBytes: 1, durationMs: 1 };
const extracted = {
  result: "extracted",
  provider: "gemini",
  model: FIELDS.model,
  page_count: 1,
  attempts: 1,
  input_tokens: 1,
  output_tokens: 1,
};
const refused = { result: "refused", code: "document_unreadable", page_count: 1, attempts: 1 };
const fault = { model: FIELDS.model, code: "model_unavailable", attempts: 1, status: 500, finishReason: "STOP" };
const pushed = (outcome: object) => ({ outcome: { attempts: 1, ...outcome }, ambiguous: true, cause: errorOf("x") });
const levels = createLogger("test", "error", { write: () => {} });

/** A function that takes a logger first, and arguments with which it says all that it can. */
interface Saying {
  readonly name: string;
  // Declared so that functions of any arguments are taken; they are called by reflection, with what no type allows.
  readonly say: (logger: Logger, ...given: never[]) => void;
  readonly given: readonly (readonly unknown[])[];
}

const OF_THE_LOGGER: readonly Saying[] = (["debug", "info", "warn", "error"] as const).map((level) => ({
  name: level,
  say: (logger, ...given) => Reflect.apply(logger[level], logger, given),
  given: [["service.ready", FIELDS, new Error("cause")]],
}));

const OF_SERVICES: readonly Saying[] = [
  {
    name: "logExtraction",
    say: extractor.logExtraction,
    given: [
      [facts, extracted],
      [facts, refused],
      [facts, refused, new Error("a bug")],
    ],
  },
  {
    name: "logModelFault",
    say: extractor.logModelFault,
    given: [[{ ...fault, needsOperator: true }], [{ ...fault, needsOperator: false }]],
  },
  {
    name: "logModelBreaker",
    say: extractor.logModelBreaker,
    given: [
      [FIELDS.model, true],
      [FIELDS.model, false],
    ],
  },
  {
    name: "logDelivery",
    say: erpPusher.logDelivery,
    given: [
      [facts, pushed({ result: "delivered", erp_http_status: 200 })],
      [facts, pushed({ result: "undeliverable", code: "erp_gone", erp_http_status: 410 })],
      [facts, pushed({ result: "deferred", code: "erp_unavailable" })],
    ],
  },
  { name: "logAbandonedDelivery", say: erpPusher.logAbandonedDelivery, given: [[facts]] },
  { name: "logClockOff", say: erpPusher.logClockOff, given: [[tenantId]] },
  {
    name: "logGateChange",
    say: erpPusher.logGateChange,
    given: [
      [tenantId, "opened"],
      [tenantId, "closed"],
    ],
  },
];

/** What an operator has chosen is held to how it looks: no document, no mail and no third party chooses it. */
const OPERATORS_CHOICE = /"(?:tenant_id|model|url)":"[^"]*"/g;

const EXPORTED_OPERATORS_CHOICE = /\{"key":"(?:tenant_id|model|url)","value":\{"stringValue":"[^"]*"\}\}/g;

beforeAll(() => addRoute(FIELDS.route));

function written({ say }: Saying, given: readonly unknown[]): string {
  const lines: string[] = [];
  const logger = createLogger("ingest", "debug", { write: (line) => void lines.push(line) });
  Reflect.apply(say, undefined, [logger, ...given]);
  return lines.join("");
}

const SAYINGS = [...OF_THE_LOGGER, ...OF_SERVICES];

let collector: OtlpDouble;
let telemetry: AsyncDisposable;
beforeAll(async () => {
  collector = await startOtlpCollector();
  telemetry = await startTelemetry("ingest", new URL(collector.url), { logs: true });
});

describe("what is logged", () => {
  it("is walked for every function that logs, with every field", () => {
    expect(OF_THE_LOGGER.map(({ name }) => name)).toEqual(Object.keys(levels));
    const services = Object.keys({ ...extractor, ...erpPusher });
    expect(OF_SERVICES.map(({ name }) => name).sort()).toEqual(services.sort());
    for (const saying of OF_THE_LOGGER) {
      for (const given of saying.given) expect(JSON.parse(written(saying, given))).toMatchObject(FIELDS);
    }
  });

  it.each(SAYINGS)("by $name is what it was given, when that is on the list", (saying) => {
    for (const given of saying.given) {
      const line = written(saying, given);
      expect(line.length).toBeGreaterThan(0);
      expect(line.replaceAll(/"error(?:_code)?":"\[withheld\]"/g, "")).not.toContain("[withheld]");
    }
  });

  it.each(SAYINGS)("by $name holds none of the texts it was given", (saying) => {
    for (const text of NAUGHTY) {
      for (const given of saying.given) {
        for (const spoiled of spoilings(given, text)) {
          expect(isNaughty(written(saying, spoiled).replaceAll(OPERATORS_CHOICE, ""))).toBe(false);
        }
      }
    }
  });

  it("reaches a collector with the same fields and none of the texts", async () => {
    onTestFinished(() => collector[Symbol.asyncDispose]());
    const lines = OF_THE_LOGGER.flatMap((saying) => saying.given.map((given) => written(saying, given)));
    await telemetry[Symbol.asyncDispose]();
    expect(lines.length).toBeGreaterThan(0);
    for (const name of Object.keys(FIELDS)) {
      expect(
        collector.lines.some(({ attributes }) => name in attributes),
        name,
      ).toBe(true);
    }
    expect(isNaughty(collector.bodies("logs").join("").replaceAll(EXPORTED_OPERATORS_CHOICE, ""))).toBe(false);
  });
});
