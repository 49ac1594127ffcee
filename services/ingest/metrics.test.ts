// Real: the OpenTelemetry SDK and its exporter. Doubled: the collector.
import { CODES, ERROR_CATEGORIES } from "@flowstate/contracts";
import { startOtlpCollector } from "@flowstate/local/doubles/otlp.ts";
import { startTelemetry } from "@flowstate/runtime";
import { beforeAll, describe, expect, it } from "vitest";
import { countDocument, countFromZero, countMail } from "./metrics.ts";

/** What an export says of each series, by its name and its labels' values. */
let series: ReadonlyMap<string, number>;

beforeAll(async () => {
  await using collector = await startOtlpCollector();
  const telemetry = await startTelemetry("ingest", new URL(collector.url));
  countFromZero();
  countMail("sendgrid", 503, "internal_fault");
  countDocument("sendgrid", { status: "deferred", code: "internal_fault", stage: "extract", durationMs: 1 });
  await telemetry[Symbol.asyncDispose]();
  series = new Map(
    collector.measurements.map(({ name, attributes, value }) => [
      [name, ...Object.values(attributes)].join(" "),
      value,
    ]),
  );
});

describe("what ingest counts", () => {
  it("is there before it happens, so that its first time is an increase", () => {
    const happened = [...series].filter(([, value]) => value > 0);
    expect(happened).toEqual([
      ["flowstate.mails sendgrid deferred internal_fault", 1],
      ["flowstate.documents sendgrid deferred internal_fault", 1],
    ]);
    expect(series.get("flowstate.documents api deferred internal_fault")).toBe(0);
    expect(series.get("flowstate.mails api failed internal_error")).toBe(0);
  });

  it.each(["sendgrid", "api"])("has every code and every category of an answer for what comes by %s", (source) => {
    const ofSource = [...series.keys()].filter((name) => name.includes(` ${source} `));
    for (const name of [...Object.keys(ERROR_CATEGORIES), ...Object.keys(CODES)]) {
      const isAnswered = ofSource.some((it) => it.endsWith(` ${name}`));
      // Of a mail that needs no work there is no document, and no reason why it was not accepted.
      expect([name, isAnswered]).toEqual([name, name !== "no_document" && name !== "unknown_recipient"]);
    }
  });
});
