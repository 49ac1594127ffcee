// Real: all four services as hardened processes, nats-server, PostgreSQL, the sealed transfers, the signatures. Doubled:
// SendGrid (its waiting shortened), the ERP, Gemini, the OpenTelemetry collector, each of which speaks its contract.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { METRICS, type MetricName, metricOf } from "@flowstate/runtime";
import { connect } from "nats";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { prometheusSeriesOf } from "../../otel/prometheus-name.ts";
import { readQuery } from "../../otel/testing/promql.ts";
import { readQueries, readRules } from "../../otel/testing/read-otel-files.ts";
import { keptBy, readSampling } from "../../otel/testing/tail-sampling.ts";
import { type GeminiDouble, startGemini } from "../doubles/gemini.ts";
import { type OtlpDouble, startOtlpCollector } from "../doubles/otlp.ts";
import { buildMail, SendGrid } from "../doubles/sendgrid.ts";
import { eInvoicePdf } from "../fixtures/e-invoice.ts";
import { ROOT } from "../local-file.ts";
import { type TestDatabase, testDatabase } from "../testing/test-database.ts";
import { documentIdOf, startTestStack, type TestStack } from "./test-stack.ts";
import { RESOURCE_ATTRIBUTES, SPAN_ATTRIBUTES, strangeIn } from "./trace-allow-list.ts";

const MAX_UPLOAD_BYTES = 20 * 1024 * 1024;
/** In place of a value that a closed list does not have. */
const WITHHELD = "[withheld]";
/** Of the 82 frames that carry 20 MiB. */
const FRAMES_BEFORE_DEATH = 10;
/** The first retry comes after five minutes. */
const TIME_SCALE = 1_000;
const CORPUS = resolve(ROOT, "../shared/corpora/einvoices");
const MAILS_AT_ONCE = 4;
/** Twenty-six mails, beside whatever else this machine does. */
const CORPUS_LIMIT_MS = 120_000;

/** Twice what two exports are apart, and room. */
const METRICS_LIMIT_MS = 80_000;

let database: TestDatabase;
let gemini: GeminiDouble;
let collector: OtlpDouble;
let stack: TestStack;
beforeAll(async () => {
  [database, gemini, collector] = await Promise.all([testDatabase(), startGemini(), startOtlpCollector()]);
  stack = await startTestStack({
    database,
    environment: {
      GEMINI_API_KEY: "test-gemini-key-0123456789",
      GEMINI_BASE_URL: gemini.url,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_LOGS_EXPORTER: "otlp",
    },
  });
});
afterAll(async () => {
  await stack[Symbol.asyncDispose]();
  await collector[Symbol.asyncDispose]();
  await gemini[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

/** Batches of events may overtake each other: a document's end can be on record after its receipt. */
async function trailOf(documentId: string, ...wanted: readonly string[]) {
  const types = async () => (await stack.auditTrail(documentId))?.events.map(({ type }) => type) ?? [];
  await expect.poll(types, { timeout: 10_000, interval: 50 }).toEqual(expect.arrayContaining([...wanted]));
  const trail = await stack.auditTrail(documentId);
  if (trail === undefined) throw new Error("no trail");
  return trail;
}

describe("an e-invoice that is mailed", () => {
  it("reaches the ERP as signed JSON and the audit log as metadata, without a third party", async () => {
    const bytes = await eInvoicePdf();
    const asked = gemini.requests.length;
    const answer = await stack.mail({ documents: [{ filename: "canary-name.pdf", bytes }], subject: "canary-subject" });
    expect(answer.status).toBe(200);
    const documentId = documentIdOf(answer);
    const delivery = stack.erp.received.at(-1);
    expect(delivery).toMatchObject({
      verified: true,
      headers: { "webhook-id": documentId },
      body: { type: "document.extracted", data: { document_id: documentId, source: "sendgrid" } },
    });
    expect(gemini.requests.length).toBe(asked);
    const { document, events } = await trailOf(documentId, "document.delivered", "document.wiped");
    expect(document).toMatchObject({ status: "delivered", provider: "e-invoice", size_bytes: bytes.length });
    expect(events.map(({ type }) => type)).toEqual([
      "document.received",
      "document.claimed",
      "document.extracted",
      "document.delivered",
      "document.wiped",
    ]);
    expect(events.at(-1)?.data).toMatchObject({
      wiped_bytes: { ingest: expect.any(Number), extractor: expect.any(Number), "erp-pusher": expect.any(Number) },
    });
  });

  it("is not delivered again when SendGrid sends it again", async () => {
    const mail = { messageId: "<redelivered@test>", documents: [{ filename: "a.pdf", bytes: await eInvoicePdf() }] };
    const first = await stack.mail(mail);
    const effects = stack.erp.effects;
    const second = await stack.mail(mail);
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(documentIdOf(second)).toBe(documentIdOf(first));
    expect(stack.erp.effects).toBe(effects);
  });

  it.skipIf(!existsSync(CORPUS))(
    "is delivered for every real invoice of the corpus (skipped where it is absent)",
    async () => {
      const files = readdirSync(CORPUS).filter((name) => name.endsWith(".pdf"));
      expect(files).toHaveLength(26);
      const mailed = async (filename: string) => {
        const answer = await stack.mail({ documents: [{ filename, bytes: readFileSync(join(CORPUS, filename)) }] });
        expect([filename, answer.status, answer.body]).toEqual([
          filename,
          200,
          expect.objectContaining({ documents: [{ document_id: expect.any(String), status: "delivered" }] }),
        ]);
        return documentIdOf(answer);
      };
      const before = stack.erp.received.length;
      const ids: string[] = [];
      while (ids.length < files.length) {
        ids.push(...(await Promise.all(files.slice(ids.length, ids.length + MAILS_AT_ONCE).map(mailed))));
      }
      const received = stack.erp.received.slice(before).map(({ headers }) => headers["webhook-id"]);
      expect(received.toSorted()).toEqual(ids.toSorted());
    },
    CORPUS_LIMIT_MS,
  );
});

describe("a PDF without e-invoice data", () => {
  it("of exactly 20 MiB reaches the model unchanged and is delivered", async () => {
    const bytes = await eInvoicePdf({ xml: false, sizeBytes: MAX_UPLOAD_BYTES });
    expect(bytes.length).toBe(MAX_UPLOAD_BYTES);
    const answer = await stack.mail({ documents: [{ filename: "large.pdf", bytes }] });
    expect(answer.status).toBe(200);
    expect(gemini.requests.at(-1)).toMatchObject({
      sizeBytes: MAX_UPLOAD_BYTES,
      sha256: createHash("sha256").update(bytes).digest("hex"),
    });
    const { document } = await trailOf(documentIdOf(answer), "document.delivered");
    expect(document).toMatchObject({ status: "delivered", provider: "gemini" });
  });

  it("of one byte more is answered 413 before the model is asked", async () => {
    const bytes = await eInvoicePdf({ xml: false, sizeBytes: MAX_UPLOAD_BYTES + 1 });
    const asked = gemini.requests.length;
    const answer = await stack.mail({ documents: [{ filename: "too-large.pdf", bytes }] });
    expect([answer.status, answer.body]).toEqual([413, { error: "payload_too_large" }]);
    expect(gemini.requests.length).toBe(asked);
  });

  it("is deferred while the model is busy, and delivered when SendGrid sends it again", async () => {
    const bytes = await eInvoicePdf({ xml: false });
    const mail = { messageId: "<busy@test>", documents: [{ filename: "a.pdf", bytes }] };
    gemini.script({ status: 429, retryDelay: "600s" });
    const first = await stack.mail(mail);
    expect([first.status, first.body]).toEqual([503, { error: "temporarily_unavailable" }]);
    expect((await stack.mail(mail)).status).toBe(200);
  });
});

describe("a mail with two good documents and one that the ERP defers", () => {
  it("is in the ERP once for each document in the end", async () => {
    const documents = await Promise.all(
      [30_000, 40_000, 50_000].map(async (sizeBytes, n) => ({
        filename: `${n}.pdf`,
        bytes: await eInvoicePdf({ xml: false, sizeBytes }),
      })),
    );
    const { effects } = stack.erp;
    // Whichever of the three comes last to the ERP meets its fault, which outlasts what one mail's try may take.
    stack.erp.script({}, {}, { status: 503, headers: { "retry-after": "3600" } });
    await using sendgrid = new SendGrid({
      url: stack.services.ingest.url ?? "",
      apiKey: stack.settings.apiKey,
      timeScale: TIME_SCALE,
    });
    const fate = await sendgrid.send({
      from: "billing@supplier.example",
      to: stack.settings.tenantAddress,
      messageId: "<three@test>",
      documents,
    });
    expect(fate).toMatchObject({ fate: "accepted", statuses: [503, 200] });
    const requests = stack.erp.received.slice(-4);
    expect(requests.map(({ verified }) => verified)).toEqual([true, true, true, true]);
    expect(new Set(requests.map(({ headers }) => headers["webhook-id"])).size).toBe(3);
    expect(stack.erp.effects).toBe(effects + 3);
    const asked = gemini.requests.map(({ sha256 }) => sha256);
    const digests = documents.map(({ bytes }) => createHash("sha256").update(bytes).digest("hex"));
    const timesAsked = digests.map((digest) => asked.filter((sha256) => sha256 === digest).length);
    // Twice for the one that was extracted and not delivered: nothing of it was kept in between.
    expect(timesAsked.toSorted()).toEqual([1, 1, 2]);
  });
});

describe("when the extractor is killed in the middle of a transfer", () => {
  it("is answered 200 by a second instance and delivered once", async () => {
    const first = stack.services.extractor;
    const spy = await connect({ servers: stack.broker.url, user: "extractor", pass: stack.broker.passwords.extractor });
    const inTheMiddle = Promise.withResolvers<void>();
    let frames = 0;
    const watching = spy.subscribe("flowstate.documents.extractor.frames.>", {
      callback: () => {
        frames += 1;
        if (frames !== FRAMES_BEFORE_DEATH) return;
        // Held still in the middle, until a second instance runs beside it.
        process.kill(first.pid, "SIGSTOP");
        inTheMiddle.resolve();
      },
    });
    await spy.flush();
    const effects = stack.erp.effects;
    const bytes = await eInvoicePdf({ sizeBytes: MAX_UPLOAD_BYTES });
    const answering = stack.mail({ documents: [{ filename: "a.pdf", bytes }] });
    await inTheMiddle.promise;
    // No service starts while a stranger listens to transfers.
    watching.unsubscribe();
    await spy.flush();
    const second = await stack.addInstance("extractor");
    process.kill(first.pid, "SIGKILL");
    const answer = await answering;
    await spy.close();
    await second.stop();
    await first.restart();
    expect(answer.status).toBe(200);
    expect(stack.erp.effects).toBe(effects + 1);
  });
});

/** Mails one document that the model must read, as part of a trace that its sender neither samples nor keeps to itself. */
async function mailInTrace(traceId: string): Promise<number> {
  const { contentType, body } = buildMail({
    from: "billing@supplier.example",
    to: stack.settings.tenantAddress,
    documents: [{ filename: "a.pdf", bytes: await eInvoicePdf({ xml: false }) }],
  });
  const response = await fetch(new URL("/webhooks/sendgrid", stack.services.ingest.url), {
    method: "POST",
    headers: {
      "content-type": contentType,
      "x-api-key": stack.settings.apiKey,
      traceparent: `00-${traceId}-b7ad6b7169203331-00`,
      tracestate: "vendor=canary-state",
    },
    body: Buffer.from(body),
  });
  return response.status;
}

const spansOf = (traceId: string) => collector.spans.filter((span) => span.traceId === traceId);

/** Of this trace, when all four services have exported their part. */
async function wholeTrace(traceId: string, services: readonly string[]) {
  const seen = () => new Set(spansOf(traceId).map(({ service }) => service));
  await expect.poll(seen, { timeout: 15_000, interval: 200 }).toEqual(new Set(services));
  await expect.poll(() => spansOf(traceId).some(({ name }) => name === "POST /webhooks/sendgrid")).toBe(true);
  return spansOf(traceId);
}

describe("the trace of one mail", () => {
  it("connects four services, the model and the ERP, whatever its sender says of sampling", async () => {
    const traceId = "0af7651916cd43dd8448eb211c80319c";
    expect(await mailInTrace(traceId)).toBe(200);
    const { headers } = stack.erp.received.at(-1) ?? {};
    expect(headers?.["traceparent"]).toContain(traceId);
    expect(headers).not.toHaveProperty("tracestate");
    const spans = await wholeTrace(traceId, ["ingest", "extractor", "erp-pusher", "audit"]);
    const ids = new Set(spans.map(({ spanId }) => spanId));
    const roots = spans.filter(({ parentSpanId }) => !ids.has(parentSpanId));
    expect(roots.map(({ name, parentSpanId }) => [name, parentSpanId])).toEqual([
      ["POST /webhooks/sendgrid", "b7ad6b7169203331"],
    ]);
    expect(spans.map(({ service, name }) => `${service}: ${name}`)).toEqual(
      expect.arrayContaining([
        "ingest: POST /webhooks/sendgrid",
        "ingest: call extractor",
        "ingest: call erp-pusher",
        "extractor: process extractor",
        "extractor: generate_content",
        "erp-pusher: process erp-pusher",
        "erp-pusher: POST",
        "audit: record events",
      ]),
    );
    expect(roots[0]?.attributes).toMatchObject({ "http.response.status_code": 200 });
    expect(collector.spans.some(({ service, links }) => service === "audit" && links.includes(traceId))).toBe(true);
    expect(keptBy(readSampling().policies, spans)).toEqual([]);
  });

  it("says nothing but ids, figures and words of a closed list, in whichever place of a span", async () => {
    const traceId = "2af7651916cd43dd8448eb211c80319c";
    expect(await mailInTrace(traceId)).toBe(200);
    const spans = await wholeTrace(traceId, ["ingest", "extractor", "erp-pusher", "audit"]);
    const strange = spans.flatMap(({ attributes, resource, events, statusMessage }) => [
      ...strangeIn(attributes, SPAN_ATTRIBUTES),
      ...strangeIn(resource, RESOURCE_ATTRIBUTES),
      ...events,
      ...(statusMessage === "" ? [] : [statusMessage]),
    ]);
    expect(strange).toEqual([]);
    const said = new Set(spans.flatMap(({ attributes }) => Object.keys(attributes)));
    expect(said.size).toBeGreaterThan(Object.keys(SPAN_ATTRIBUTES).length / 2);
    expect(strangeIn({ "url.full": "x", "http.route": "/a b", "flowstate.mail_id": "m" }, SPAN_ATTRIBUTES)).toEqual([
      ["url.full", "x"],
      ["http.route", "/a b"],
      ["flowstate.mail_id", "m"],
    ]);
  });

  it("is kept by the collector when the mail was deferred", async () => {
    const traceId = "1af7651916cd43dd8448eb211c80319c";
    gemini.script({ status: 429, retryDelay: "600s" });
    expect(await mailInTrace(traceId)).toBe(503);
    const spans = await wholeTrace(traceId, ["ingest", "extractor", "audit"]);
    expect(keptBy(readSampling().policies, spans)).toEqual(["not delivered", "not accepted"]);
  });
});

describe("the metrics of a running stack", () => {
  const seriesOf = (names: Iterable<string>) => [...names].flatMap((name) => prometheusSeriesOf(name as MetricName));

  it(
    "are all that there are, and each that an alert or a panel asks for",
    async () => {
      const seen = () => new Set(collector.measurements.map(({ name }) => name));
      await expect
        .poll(() => [...seen()].sort(), { timeout: METRICS_LIMIT_MS / 2 })
        .toEqual(Object.keys(METRICS).sort());
      const recorded = readRules().map((rule) => ("record" in rule ? rule.record : ""));
      const known = new Set([...seriesOf(seen()), ...recorded]);
      const asked = readQueries().flatMap(({ text }) => readQuery(text).selectors.map(({ name }) => name));
      expect(asked.filter((name) => !known.has(name))).toEqual([]);
    },
    METRICS_LIMIT_MS,
  );

  it("begin at zero where a first fault must be seen to come, and hide no value of a label", () => {
    for (const source of ["sendgrid", "api"]) {
      const labels = { "flowstate.source": source, "flowstate.end": "deferred", "flowstate.code": "internal_fault" };
      const faults = collector.measurements.filter(
        ({ name, attributes }) =>
          name === "flowstate.documents" &&
          Object.entries(labels).every(([label, value]) => attributes[label] === value),
      );
      expect(faults.at(0)?.value).toBe(0);
    }
    expect(collector.bodies("metrics").join("")).not.toContain(WITHHELD);
  });

  it("are recorded by the instruments and in the units that their names in Prometheus are made of", () => {
    for (const { name, unit, kind } of collector.measurements) {
      const { unit: said, instrument } = metricOf(name as MetricName);
      expect([name, unit, kind]).toEqual([name, said, instrument]);
    }
  });
});

describe("afterwards", () => {
  it("no log line, no span and no metric holds a file name, a subject, an address or a value of a document", async () => {
    expect(collector.bodies("logs").join("")).toContain("document.ended");
    const written = (await stack.logs()) + collector.bodies().join("");
    expect(written).toContain("document.ended");
    for (const content of [
      "canary-name",
      "canary-subject",
      "canary-state",
      "supplier.example",
      stack.settings.tenantAddress,
    ]) {
      expect(written.includes(content)).toBe(false);
    }
    const numbers = stack.erp.received.flatMap(
      ({ body }) => JSON.stringify(body).match(/"document_number":"([^"]{5,})"/)?.[1] ?? [],
    );
    expect(numbers.length).toBeGreaterThan(0);
    for (const number of numbers) expect(written.includes(number)).toBe(false);
  });
});
