import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { createLogger } from "./logger.ts";
import { currentTraceparent, startTelemetry, withSpan } from "./telemetry.ts";

/* Real: trace context as it is in a process without an exporter. Doubled: standard output, by an array of lines. */

const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;
const REMOTE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const REMOTE_TRACE_ID = "0af7651916cd43dd8448eb211c80319c";

beforeAll(async () => {
  await startTelemetry("ingest", undefined);
});

/** W3C Trace Context, level 1: of version 00 nothing follows the flags; ids are lower case and not zero. */
const WELL_FORMED =
  /^(?:00-(?=[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$)|(?!00|ff)[0-9a-f]{2}-)((?!0{32})[0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-.*)?$/;

const traceIdOf = (traceparent: string | undefined) => TRACEPARENT.exec(traceparent ?? "")?.[1];

describe("without an exporter", () => {
  it("there is no trace outside of a span", () => {
    expect(currentTraceparent()).toBeUndefined();
  });

  it("a span has a trace id that travels, so that the ERP and the logs can be connected", async () => {
    const traceparent = await withSpan("work", {}, async () => currentTraceparent());
    expect(traceparent).toMatch(TRACEPARENT);
    expect(traceparent).not.toContain("0".repeat(32));
  });

  it("each root span begins a trace of its own", async () => {
    const root = () => withSpan("work", {}, async () => traceIdOf(currentTraceparent()));
    expect(await root()).not.toBe(await root());
  });

  it("spans inside a span, and after waiting, belong to its trace", async () => {
    await withSpan("outer", {}, async () => {
      const outer = traceIdOf(currentTraceparent());
      await new Promise((resolve) => setImmediate(resolve));
      expect(traceIdOf(currentTraceparent())).toBe(outer);
      await withSpan("inner", {}, async () => {
        expect(traceIdOf(currentTraceparent())).toBe(outer);
      });
    });
  });

  it("two spans at once do not mix", async () => {
    const work = async () => {
      const before = traceIdOf(currentTraceparent());
      await new Promise((resolve) => setImmediate(resolve));
      return traceIdOf(currentTraceparent()) === before ? before : "mixed";
    };
    const [first, second] = await Promise.all([withSpan("a", {}, work), withSpan("b", {}, work)]);
    expect(first).toMatch(/^[0-9a-f]{32}$/);
    expect(second).toMatch(/^[0-9a-f]{32}$/);
    expect(first).not.toBe(second);
  });

  it("a span continues the trace of another process", async () => {
    const traceparent = await withSpan("work", { parent: REMOTE }, async () => currentTraceparent());
    expect(traceIdOf(traceparent)).toBe(REMOTE_TRACE_ID);
  });

  it("a remote parent counts for more than the active span", async () => {
    await withSpan("outer", {}, async () => {
      await withSpan("inner", { parent: REMOTE }, async () => {
        expect(traceIdOf(currentTraceparent())).toBe(REMOTE_TRACE_ID);
      });
    });
  });

  it.each([
    "",
    "garbage",
    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
    "00-00000000000000000000000000000000-b7ad6b7169203331-01",
    "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
    "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
    "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    "Invoice 4711",
    `00-${"a".repeat(100_000)}-b7ad6b7169203331-01`,
  ])("a malformed traceparent %j starts a new trace", async (parent) => {
    const traceparent = await withSpan("work", { parent }, async () => currentTraceparent());
    expect(traceparent).toMatch(TRACEPARENT);
    expect(traceIdOf(traceparent)).not.toBe(REMOTE_TRACE_ID);
  });

  it.each([
    ["of a version to come, with more than four parts", `01-${REMOTE.slice(3)}-more`],
    ["of a version to come", `cc-${REMOTE.slice(3)}`],
    ["with flags that are not defined", REMOTE.replace(/01$/, "ff")],
    ["that is not sampled", REMOTE.replace(/01$/, "00")],
  ])("a traceparent %s is continued", async (_what, parent) => {
    const traceparent = await withSpan("work", { parent }, async () => currentTraceparent());
    expect(traceparent).toMatch(TRACEPARENT);
    expect(traceIdOf(traceparent)).toBe(REMOTE_TRACE_ID);
  });

  it("whatever a traceparent is, work is done in a trace: the caller's if it is one by the specification, or a new one", async () => {
    const anyhow = fc.oneof(
      fc.string({ maxLength: 80, unit: "binary" }),
      fc
        .tuple(fc.nat(REMOTE.length - 1), fc.string({ minLength: 1, maxLength: 1, unit: "binary" }))
        .map(([at, character]) => `${REMOTE.slice(0, at)}${character}${REMOTE.slice(at + 1)}`),
      fc.nat(REMOTE.length).map((length) => REMOTE.slice(0, length)),
      fc.stringMatching(/^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}(?:-[0-9a-f]{0,4})?$/),
    );
    await fc.assert(
      fc.asyncProperty(anyhow, async (parent) => {
        const traceparent = await withSpan("work", { parent }, async () => currentTraceparent());
        expect(traceparent).toMatch(TRACEPARENT);
        const [, traceId] = WELL_FORMED.exec(parent) ?? [];
        if (traceId === undefined) expect(parent).not.toContain(traceIdOf(traceparent));
        else expect(traceIdOf(traceparent)).toBe(traceId);
      }),
      { numRuns: 500 },
    );
  });

  it("log lines carry the ids of the span they are written in", async () => {
    const lines: string[] = [];
    const logger = createLogger("ingest", "info", { write: (line) => void lines.push(line) });
    const traceparent = await withSpan("work", {}, async () => {
      logger.info("mail.ignored");
      return currentTraceparent();
    });
    logger.info("mail.ignored");
    const [inside, outside] = lines.map((line): Record<string, unknown> => JSON.parse(line));
    const [, traceId, spanId] = TRACEPARENT.exec(traceparent ?? "") ?? [];
    expect(inside).toMatchObject({ trace_id: traceId, span_id: spanId });
    expect(outside).not.toHaveProperty("trace_id");
  });

  it("a span hands on what its work returns and throws", async () => {
    await expect(withSpan("work", {}, async () => 4711)).resolves.toBe(4711);
    const error = new Error("fails");
    await expect(withSpan("work", {}, () => Promise.reject(error))).rejects.toBe(error);
  });

  it("links to anything are taken, and malformed ones left out", async () => {
    await expect(withSpan("work", { links: [REMOTE, "garbage", ""] }, async () => "done")).resolves.toBe("done");
  });
});
