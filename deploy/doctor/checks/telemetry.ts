import { request } from "undici";
import type { Check } from "../check.ts";
import { codeOf } from "../connection-fault.ts";
import { found, good, type Result, unchecked } from "../result.ts";

/** Whether the collector takes spans: it is sent none. */
export const telemetryCheck: Check = {
  name: "telemetry",
  async run({ deployment: { settings }, surroundings: { patienceMs } }) {
    const { ingest, extractor, "erp-pusher": erpPusher, audit } = settings;
    const services = [ingest, extractor, erpPusher, audit].filter((config) => config !== undefined);
    const endpoints = new Set(services.flatMap(({ OTEL_EXPORTER_OTLP_ENDPOINT: url }) => url?.href ?? []));
    if (endpoints.size === 0) return [unchecked("telemetry: OTEL_EXPORTER_OTLP_ENDPOINT is not set")];
    return await Promise.all([...endpoints].map((endpoint) => askCollector(new URL(endpoint), patienceMs)));
  },
};

async function askCollector(endpoint: URL, patienceMs: number): Promise<Result> {
  const { host, href } = endpoint;
  try {
    const { statusCode, body } = await request(new URL("v1/traces", href.endsWith("/") ? href : `${href}/`), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ resourceSpans: [] }),
      signal: AbortSignal.timeout(patienceMs),
    });
    await body.dump();
    if (statusCode >= 200 && statusCode < 300) return good(`the collector at ${host} takes spans`);
    return found("telemetry.unreachable", `the collector at ${host} answers with status ${statusCode}`);
  } catch (error) {
    return found("telemetry.unreachable", `the collector at ${host} does not answer (${codeOf(error) || "timeout"})`);
  }
}
