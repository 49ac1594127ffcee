import { readFile } from "node:fs/promises";
import { Agent, request } from "undici";
import type { Check } from "../check.ts";
import { explainConnection } from "../connection-fault.ts";
import { found, good, type Result, unchecked } from "../result.ts";

/** Whether the collector takes spans: it is sent none. */
export const telemetryCheck: Check = {
  name: "telemetry",
  async run({ deployment: { settings }, surroundings: { patienceMs } }) {
    const { ingest, extractor, "erp-pusher": erpPusher, audit } = settings;
    const services = [ingest, extractor, erpPusher, audit].filter((config) => config !== undefined);
    const collectors = new Map<string, Collector>();
    for (const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_CERTIFICATE: trustedPath } of services) {
      if (endpoint !== undefined) collectors.set(`${endpoint.href} ${trustedPath}`, { endpoint, trustedPath });
    }
    if (collectors.size === 0) return [unchecked("telemetry: OTEL_EXPORTER_OTLP_ENDPOINT is not set")];
    return await Promise.all([...collectors.values()].map((collector) => askCollector(collector, patienceMs)));
  },
};

interface Collector {
  readonly endpoint: URL;
  /** Where the certificates of its authorities are; undefined when they are public. */
  readonly trustedPath: string | undefined;
}

async function askCollector({ endpoint, trustedPath }: Collector, patienceMs: number): Promise<Result> {
  const { host, href } = endpoint;
  const ca = trustedPath === undefined ? undefined : await readFile(trustedPath, "utf8").catch(() => "");
  if (ca === "") {
    const what = `the certificates of OTEL_EXPORTER_OTLP_CERTIFICATE cannot be read here, at ${trustedPath}`;
    return found("telemetry.unreachable", what);
  }
  const agent = new Agent({ connect: { ...(ca !== undefined && { ca }) } });
  try {
    const { statusCode, body } = await request(new URL("v1/traces", href.endsWith("/") ? href : `${href}/`), {
      dispatcher: agent,
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ resourceSpans: [] }),
      signal: AbortSignal.timeout(patienceMs),
    });
    await body.dump();
    if (statusCode >= 200 && statusCode < 300) return good(`the collector at ${host} takes spans`);
    return found("telemetry.unreachable", `the collector at ${host} answers with status ${statusCode}`);
  } catch (error) {
    return found("telemetry.unreachable", `the collector: ${explainConnection(host, error).sentence}`);
  } finally {
    await agent.destroy();
  }
}
