import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addRoute } from "./known-words.ts";
import { createLogger, type LogFields, type Logger, type LogLevel } from "./logger.ts";

/* Real: the logger and pino. Doubled: standard output, by an array of lines. */

function loggerInto(lines: string[], level: LogLevel = "debug"): Logger {
  return createLogger("ingest", level, { write: (line) => void lines.push(line) });
}

/** The one line that `write` makes, as text and parsed. */
function written(write: (logger: Logger) => void): { text: string; line: Record<string, unknown> } {
  const lines: string[] = [];
  write(loggerInto(lines));
  expect(lines).toHaveLength(1);
  const text = lines.join("");
  return { text, line: JSON.parse(text) };
}

/** What a document, a mail or a third party's error could put into a field. */
const NAUGHTY = [
  "Invoice RE-2026 0815",
  "Rechnung 4711.pdf",
  "ACME GmbH & Co. KG",
  "DE89 3704 0044 0532 0130 00",
  "1,234.56 EUR",
  "€",
  "buyer@supplier.example",
  "<script>alert(1)</script>",
  "'; DROP TABLE events; --",
  "Unexpected token 'I' in JSON",
  "?key=AIzaSy0000&alt=json",
  "%PDF-1.7",
  "line one\nline two",
  '{"vendor":"x"}',
  "\u0000",
  "\u2028",
  "請求書",
  "",
  " ",
  "x".repeat(129),
  // What looks like a word of ours and is none.
  "acme",
  "document_acme",
  "document.acme",
  "/api/acme/:id",
];

describe("a log line", () => {
  it("is one JSON line with level, time, service, event and the fields", () => {
    const { text, line } = written((logger) => logger.info("document.ended", { attempts: 2, stage: "deliver" }));
    expect(text.endsWith("}\n")).toBe(true);
    expect(line).toMatchObject({
      level: 30,
      service: "ingest",
      event: "document.ended",
      attempts: 2,
      stage: "deliver",
    });
    expect(line["time"]).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    expect(line).not.toHaveProperty("hostname");
    expect(line).not.toHaveProperty("pid");
  });

  it.each(["debug", "info", "warn", "error"] as const)("of level %s is written from that level on", (level) => {
    const levels = ["debug", "info", "warn", "error"] as const;
    const lines: string[] = [];
    const logger = loggerInto(lines, level);
    for (const each of levels) logger[each]("service.ready");
    expect(lines).toHaveLength(levels.length - levels.indexOf(level));
  });

  it.each(NAUGHTY)("withholds %j in a field and as an event", (text) => {
    const made = written((logger) => Reflect.apply(logger.info, logger, [text, { code: text, route: text }]));
    expect(made.line).toMatchObject({ event: "[withheld]", code: "[withheld]", route: "[withheld]" });
  });

  it("has only fields of the list, whatever object it is given", () => {
    const names = fc.string({ minLength: 1 }).map((name) => `x${name}`);
    fc.assert(
      fc.property(fc.dictionary(names, fc.jsonValue()), (fields) => {
        const { line } = written((logger) => logger.warn("mail.refused", Object(fields)));
        expect(Object.keys(line).sort()).toEqual(["event", "level", "service", "time"]);
      }),
    );
  });

  it("has numbers, booleans and identifiers as values, and nothing else", () => {
    const values = fc.oneof(fc.object(), fc.array(fc.string()), fc.constant(null), fc.uint8Array());
    fc.assert(
      fc.property(values, (value) => {
        const { line } = written((logger) => logger.info("mail.refused", Object({ code: value })));
        expect(line).not.toHaveProperty("code");
      }),
    );
  });

  it("cannot be given another service, level or time by its fields", () => {
    const forged = Object({ service: "audit", level: 60, time: "never", event: "forged", trace_id: "forged" });
    const { line } = written((logger) => logger.info("mail.refused", forged));
    expect(line).toMatchObject({ service: "ingest", level: 30, event: "mail.refused" });
    expect(line).not.toHaveProperty("trace_id");
  });

  it("keeps identifiers, routes and addresses of this service readable", () => {
    addRoute("/api/documents/:id");
    const fields: LogFields = {
      document_id: "018f6f2e-0000-7000-8000-000000000002",
      route: "/api/documents/:id",
      url: "http://[::1]:8080",
      code: "document_encrypted",
    };
    expect(written((logger) => logger.info("service.ready", fields)).line).toMatchObject(fields);
  });
});

describe("an error in a log line", () => {
  const CANARY = "canary";

  it("is its class, its code and where it arose; never its message", () => {
    const cause = Object.assign(new RangeError(`${CANARY} Invoice 4711`), { code: "ERR_OUT_OF_RANGE" });
    const { text, line } = written((logger) => logger.error("document.fault", {}, cause));
    expect(line).toMatchObject({ error: "RangeError", error_code: "ERR_OUT_OF_RANGE" });
    expect(line["at"]).toEqual(expect.arrayContaining([expect.stringMatching(/^runtime\/logger\.test\.ts:\d+:\d+$/)]));
    expect(text).not.toContain(CANARY);
  });

  it.each<[string, unknown]>([
    ["a syntax error that quotes what it parsed", syntaxErrorOf(`{"vendor": ${CANARY}}`)],
    ["a message of several lines", new Error(`first\n${CANARY}\nthird`)],
    [
      "a message that looks like a stack",
      new Error(`x\n    at ${CANARY} (${CANARY}/${CANARY}.ts:1:1)\n    at ${CANARY}/a.js:1:1`),
    ],
    ["a message that was changed after the stack was made", changed(new Error(`x\n    at ${CANARY}/${CANARY}.js:1:1`))],
    ["a cause", new Error("x", { cause: new Error(CANARY) })],
    ["errors inside an error", new AggregateError([new Error(CANARY)], CANARY)],
    ["properties", Object.assign(new Error("x"), { body: CANARY, response: { text: CANARY }, path: CANARY })],
    ["a name", Object.assign(new Error("x"), { name: `${CANARY} says` })],
    ["a name like a class's", Object.assign(new Error("x"), { name: `${CANARY}Error` })],
    ["a code", Object.assign(new Error("x"), { code: `${CANARY} says` })],
    ["a code like one of ours", Object.assign(new Error("x"), { code: `document_${CANARY}` })],
    ["a string that was thrown", CANARY],
    ["an object that was thrown", { message: CANARY }],
    ["an object that prints itself", { toString: () => CANARY, toJSON: () => CANARY }],
  ])("gives nothing away through %s", (_what, cause) => {
    for (const level of ["warn", "error"] as const) {
      const { text } = written((logger) => logger[level]("document.fault", {}, cause));
      expect(text).not.toContain(CANARY);
    }
  });

  it("names the type of what was thrown when it is no error", () => {
    expect(written((logger) => logger.error("document.fault", {}, "text")).line).toMatchObject({ error: "string" });
  });

  it("is absent when there is no cause", () => {
    expect(written((logger) => logger.error("document.fault", {})).line).not.toHaveProperty("error");
  });

  it("shows a bounded number of frames", () => {
    const deep = (depth: number): Error => (depth === 0 ? new Error("x") : deep(depth - 1));
    const { line } = written((logger) => logger.error("document.fault", {}, deep(20)));
    expect(line["at"]).toHaveLength(6);
  });
});

function syntaxErrorOf(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    return error;
  }
}

function changed(error: Error): Error {
  error.message = "other";
  return error;
}
