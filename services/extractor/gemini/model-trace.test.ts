import { sampleFacts } from "@flowstate/local/doubles/gemini-answer.ts";
import { startOtlpCollector } from "@flowstate/local/doubles/otlp.ts";
import { startTelemetry } from "@flowstate/runtime";
import { describe, expect, it } from "vitest";
import { askGemini, KEY } from "./testing/ask-gemini.ts";

// Real: the OpenTelemetry SDK and its OTLP exporter, HTTP to the model. Doubled: Gemini and the OTLP collector.

const CANARY = "CANARY-55d1c2";
const asked = { "gen_ai.request.model": "gemini-2.5-flash" };
const request = { ...asked, "gen_ai.provider.name": "gcp.gemini", "gen_ai.operation.name": "generate_content" };

describe("the spans of a document at the model", () => {
  it("say model, tokens, attempts and finish reason: one for the document, one for each request, nothing of the content", async () => {
    await using collector = await startOtlpCollector();
    const telemetry = await startTelemetry("extractor", new URL(collector.url));
    await askGemini({
      script: [
        { status: 503, message: CANARY },
        { facts: { ...sampleFacts, [CANARY]: CANARY } },
        { facts: { ...sampleFacts, document_number: CANARY } },
      ],
      pdf: Buffer.from(`%PDF-1.7 ${CANARY}`),
    });
    await telemetry[Symbol.asyncDispose]();

    const document = collector.spans.find(({ name }) => name === "ask model");
    const requests = collector.spans.filter(({ name }) => name === "generate_content");
    expect(document?.attributes).toEqual({
      ...asked,
      "flowstate.model.attempts": 3,
      "gen_ai.response.finish_reasons": expect.anything(),
      "gen_ai.usage.input_tokens": 2_580,
      "gen_ai.usage.output_tokens": 1_016,
    });
    const answered = {
      ...request,
      "http.response.status_code": 200,
      "gen_ai.response.finish_reasons": expect.anything(),
      "gen_ai.usage.input_tokens": 1_290,
      "gen_ai.usage.output_tokens": 508,
    };
    expect(requests.map(({ attributes }) => attributes)).toEqual([
      { ...request, "http.response.status_code": 503, "flowstate.model.attempts": 1 },
      { ...answered, "flowstate.model.attempts": 2 },
      { ...answered, "flowstate.model.attempts": 3 },
    ]);
    for (const { parentSpanId } of requests) expect(parentSpanId).toBe(document?.spanId);
    const exported = collector.bodies().join();
    expect(exported).toContain('"STOP"');
    for (const secret of [CANARY, KEY, sampleFacts.vendor?.name ?? ""]) expect(exported).not.toContain(secret);
  });
});
