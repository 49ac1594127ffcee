// Real: PostgreSQL, the OpenTelemetry SDK and its exporter. Doubled: Slack and the collector, by HTTP servers; the stream, whose
// messages are made here; the clock; how far recording is behind.
import { randomUUID } from "node:crypto";
import { ALERT_RULE_NAMES, type EventType } from "@flowstate/contracts";
import { startOtlpCollector } from "@flowstate/local/doubles/otlp.ts";
import { type SlackDouble, startSlack } from "@flowstate/local/doubles/slack.ts";
import { createLogger, startTelemetry } from "@flowstate/runtime";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { RecordingLag } from "../recording/recording-lag.ts";
import { type AuditDatabase, auditDatabase, recordingInto, silentLogger } from "../testing/audit-database.ts";
import { recordMessages } from "../testing/record-messages.ts";
import { messageOf, type SampleOptions, SENDER, sampleEvent } from "../testing/sample-events.ts";
import { AlertMetrics } from "./alert-metrics.ts";
import { InstanceWatch } from "./instance-watch.ts";
import { SlackWebhook } from "./slack.ts";
import { lookOnce, type Watching, watchForAlerts } from "./watch-for-alerts.ts";

const START = Date.parse("2026-11-28T10:00:00.000Z");
const at = (minutes: number) => new Date(START + minutes * 60_000);
const AT_REST: RecordingLag = { pending_events: 0, last_recorded_at: null, position: 0, rejected_messages: 0 };

let database: AuditDatabase;
let slack: SlackDouble;
let webhook: SlackWebhook;
let instance: InstanceWatch;
let sequence = 0;
beforeEach(async () => {
  instance = new InstanceWatch();
  [database, slack] = await Promise.all([auditDatabase(), startSlack()]);
  webhook = new SlackWebhook(slack.url);
});
afterEach(async () => {
  await webhook[Symbol.asyncDispose]();
  await slack[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

/** Records an event of a document, or of a mail, that happened so many minutes after the start. */
async function happened<T extends EventType>(type: T, minutes: number, data: SampleOptions<T>["data"] = {}) {
  const event = sampleEvent(type, { time: at(minutes).toISOString(), data });
  await recordMessages(recordingInto(database.pool, at(minutes).toISOString()), [messageOf(event, ++sequence)]);
}
const newDocument = () => ({ document_id: randomUUID() });

function watching(minutes: number, changes: Partial<Watching> = {}): Watching {
  return {
    pool: database.pool,
    logger: silentLogger,
    lag: async () => AT_REST,
    isOverheard: () => false,
    tell: webhook.tell,
    pageUrl: new URL("https://audit.example.com"),
    onLook: () => undefined,
    clock: { databaseTime: () => at(minutes), isRight: () => true },
    ...changes,
  };
}
const look = (minutes: number, changes: Partial<Watching> = {}) => lookOnce(watching(minutes, changes), instance);

describe("alerts", () => {
  it("tell of a document that its ERP has not taken for ten minutes, once, and of its delivery", async () => {
    const document = newDocument();
    await happened("document.received", 0, document);
    await happened("document.deferred", 1, { ...document, code: "erp_unavailable" });
    await look(5);
    expect(slack.texts).toEqual([]);
    await look(11);
    await look(12);
    expect(slack.texts).toHaveLength(1);
    expect(slack.texts[0]).toContain("*documents_held_by_erp* · acme · erp_unavailable · 1 affected");
    expect(slack.texts[0]).toContain(`https://audit.example.com/#/documents/${document.document_id}`);
    await happened("document.delivered", 20, document);
    await look(20);
    await look(22);
    expect(slack.texts.slice(1)).toEqual([":white_check_mark: *documents_held_by_erp* is over · acme · after 11 min"]);
  });

  it("tell everything of one look in one message, the sender never", async () => {
    for (const code of ["erp_unavailable", "model_unavailable", "internal_fault"] as const) {
      const document = newDocument();
      await happened("document.received", 0, { ...document, sender_email: SENDER });
      await happened("document.deferred", 1, { ...document, code });
    }
    await happened("document.undeliverable", 1, { ...newDocument(), code: "erp_gone" });
    await look(15);
    expect(slack.texts).toHaveLength(1);
    for (const rule of ["held_by_erp", "held_by_model", "documents_held*", "erp_endpoint_unusable"]) {
      expect(slack.texts[0]).toContain(rule);
    }
    expect(slack.texts[0]).not.toContain("supplier.example");
  });

  it("tell that a document was given up, and do not call that mended", async () => {
    const document = newDocument();
    await happened("document.received", 0, document);
    await happened("document.deferred", 1, { ...document, code: "erp_unavailable" });
    await look(12);
    await look(242);
    await look(245);
    expect(slack.texts.slice(1)).toEqual([
      expect.stringContaining(":rotating_light: *documents_given_up* · acme · erp_unavailable · 1 affected"),
      ":no_entry: *documents_held_by_erp* is over · acme · after 233 min · not mended: senders have given up",
    ]);
  });

  it("tell that retention has not got to its end for over a day, and which days it had to leave", async () => {
    const ran = (minutes: number, untrusted: number) =>
      database.pool.query("INSERT INTO retention_runs VALUES ($1::timestamptz::date, $1, 0, 0, 0, 0, $2)", [
        at(minutes),
        untrusted,
      ]);
    await ran(0, 0);
    await look(29 * 60);
    expect(slack.texts).toEqual([]);
    await look(31 * 60);
    expect(slack.texts).toMatchObject([expect.stringContaining("*retention_overdue*")]);
    await ran(31 * 60, 2);
    await look(31 * 60 + 1);
    await look(31 * 60 + 4);
    expect(slack.texts.slice(1)).toMatchObject([
      expect.stringContaining("*retention_head_not_trusted* · 2 affected"),
      expect.stringContaining("*retention_overdue* is over"),
    ]);
  });

  it("tell at once what only an operator can mend", async () => {
    await happened("document.deferred", 0, { ...newDocument(), code: "erp_certificate_invalid" });
    await look(0);
    expect(slack.texts).toMatchObject([
      expect.stringContaining("*erp_endpoint_unusable* · acme · erp_certificate_invalid"),
    ]);
  });

  it("tell of many invalid extractions, not of one", async () => {
    for (let n = 0; n < 4; n += 1) await happened("document.invalid", 0, newDocument());
    await look(1);
    expect(slack.texts).toEqual([]);
    await happened("document.invalid", 1, newDocument());
    await look(2);
    expect(slack.texts).toMatchObject([expect.stringContaining("*documents_invalid* · acme")]);
  });

  it("tell of mails that cannot be taken apart, of messages set aside, and of events that wait", async () => {
    const waiting = { lag: async () => ({ ...AT_REST, pending_events: 3 }), tell: undefined };
    await look(-2, waiting);
    for (let n = 0; n < 20; n += 1) await happened("mail.refused", 0, { mail_id: randomUUID() });
    await recordMessages(recordingInto(database.pool), [messageOf({ not: "an event" }, ++sequence)]);
    await database.pool.query("UPDATE rejected_events SET rejected_at = $1", [at(0)]);
    await look(1, { ...waiting, tell: webhook.tell });
    expect(slack.texts).toHaveLength(1);
    for (const line of ["*mails_refused* · 20 affected", "*events_set_aside* · 1", "*recording_behind* · 3"]) {
      expect(slack.texts[0]).toContain(line);
    }
  });

  it("tell of one instance whose clock is off, also while the others look in between, until it is right", async () => {
    const one = (minutes: number, isRight: boolean) =>
      look(minutes, { clock: { databaseTime: () => at(minutes), isRight: () => isRight } });
    for (const minutes of [0, 1, 2, 3, 4]) {
      await one(minutes, false);
      await one(minutes + 0.5, true);
    }
    expect(slack.texts).toHaveLength(1);
    expect(slack.texts[0]).toContain("*clock_off* · 1 affected");
    await one(7, true);
    expect(slack.texts.slice(1)).toEqual([":white_check_mark: *clock_off* is over · after 7 min"]);
  });

  it.each(["rate_limited", "broken", "redirect", "never"] as const)(
    "wait for Slack when its answer is %s, without harm",
    { timeout: 20_000 },
    async (answer) => {
      await happened("document.deferred", 0, { ...newDocument(), code: "erp_certificate_invalid" });
      slack.answer = answer;
      await look(1);
      expect(slack.texts).toEqual([]);
      slack.answer = "ok";
      await look(2);
      await look(3);
      expect(slack.texts).toHaveLength(1);
    },
  );

  it("are told once when several instances look at the same time", async () => {
    await happened("document.deferred", 0, { ...newDocument(), code: "erp_certificate_invalid" });
    await Promise.all([look(1), look(1), look(1), look(1)]);
    await look(2);
    expect(slack.texts).toHaveLength(1);
  });

  it("are log lines where nobody is to be told", async () => {
    const lines: string[] = [];
    const logger = createLogger("audit", "info", { write: (line: string) => void lines.push(line) });
    await happened("document.deferred", 0, { ...newDocument(), code: "erp_certificate_invalid" });
    await look(1, { tell: undefined, logger });
    await look(2, { tell: undefined, logger });
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { event: "alert.opened", rule: "erp_endpoint_unusable", tenant_id: "acme", code: "erp_certificate_invalid" },
    ]);
  });

  it("do no harm when they cannot be looked for: that is logged, and looking goes on until it is stopped", async () => {
    const lines: string[] = [];
    const logger = createLogger("audit", "info", { write: (line: string) => void lines.push(line) });
    await database.pool.query("ALTER TABLE alerts DROP COLUMN told_at");
    const stopping = new AbortController();
    const looking = watchForAlerts(watching(0, { logger }), stopping.signal);
    await expect.poll(() => lines.map((line) => JSON.parse(line).event)).toEqual(["alerts.failed"]);
    stopping.abort();
    await expect(looking).resolves.toBeUndefined();
  });

  it("are a metric each: 0 at rest, 1 while something is wrong", async () => {
    await happened("document.deferred", 0, { ...newDocument(), code: "erp_certificate_invalid" });
    await using collector = await startOtlpCollector();
    const telemetry = await startTelemetry("audit", new URL(collector.url));
    using metrics = new AlertMetrics();
    await look(1, { onLook: (alerts) => metrics.found(alerts) });
    // Exports once more before it ends.
    await telemetry[Symbol.asyncDispose]();
    const active = collector.measurements.filter(({ name }) => name === "flowstate.alert.active");
    expect(active.filter(({ value }) => value === 1).map(({ attributes }) => attributes)).toEqual([
      { "flowstate.alert.rule": "erp_endpoint_unusable", "flowstate.tenant_id": "acme" },
    ]);
    expect(active.filter(({ value }) => value === 0)).toHaveLength(ALERT_RULE_NAMES.length - 1);
  });
});
