// Real: the files of this folder, docker-compose.yml, ingest's schema. Not real: the programs that read them.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { METRICS } from "../../libs/runtime/index.ts";
import { ingestConfig } from "../../services/ingest/config.ts";
import { bindMounts, readCompose, serviceOf } from "../docker/testing/compose.ts";

const componentsSchema = z.record(z.string(), z.unknown());
const collectorSchema = z.strictObject({
  receivers: z.strictObject({
    otlp: z.strictObject({
      protocols: z.strictObject({
        http: z.strictObject({
          endpoint: z.string(),
          tls: z.looseObject({ cert_file: z.string(), key_file: z.string() }),
        }),
      }),
    }),
  }),
  processors: componentsSchema.and(
    z.looseObject({
      tail_sampling: z.looseObject({
        decision_wait: z.templateLiteral([z.int(), "s"]),
        decision_wait_after_root_received: z.templateLiteral([z.int(), "s"]),
      }),
    }),
  ),
  exporters: componentsSchema,
  service: z.looseObject({
    pipelines: z.record(
      z.string(),
      z.strictObject({
        receivers: z.array(z.string()),
        processors: z.array(z.string()),
        exporters: z.array(z.string()),
      }),
    ),
  }),
});

const read = (name: string): unknown => parse(readFileSync(join(import.meta.dirname, name), "utf8"));
const collector = collectorSchema.parse(read("collector.yaml"));
const compose = readCompose();

it("the collector takes what services send over TLS only, with certificates that compose mounts", () => {
  const { endpoint, tls } = collector.receivers.otlp.protocols.http;
  expect(endpoint).toBe("0.0.0.0:4318");
  const mounted = bindMounts(serviceOf(compose, "collector"));
  expect(mounted.get("/run/certs")).toBe("certs/servers/collector");
  expect([tls.cert_file, tls.key_file]).toEqual(["/run/certs/tls.crt", "/run/certs/tls.key"]);
});

it("every pipeline is made of parts that are there, and every part is in one", () => {
  const used = Object.values(collector.service.pipelines).flatMap((pipeline) => Object.values(pipeline).flat());
  const there = [collector.receivers, collector.processors, collector.exporters].flatMap((it) => Object.keys(it));
  expect([...new Set(used)].sort()).toEqual([...new Set(there)].sort());
});

const seconds = (duration: string) => Number.parseInt(duration, 10);

it("a trace is judged after its mail was answered, however long its operator lets that take", () => {
  const waitMs = seconds(collector.processors.tail_sampling.decision_wait) * 1_000;
  // A deadline that the setting does not take.
  expect(ingestConfig.schema.shape.MAIL_DEADLINE_MS.safeParse(String(waitMs)).success).toBe(false);
  expect(ingestConfig.schema.shape.MAIL_DEADLINE_MS.parse(undefined)).toBeLessThan(waitMs);
});

it("a trace whose mail was answered is judged when the record should be current", () => {
  const { buckets } = METRICS["flowstate.events.lag"];
  const objective = buckets.find((bound) => bound === 10) ?? Number.NaN;
  expect(seconds(collector.processors.tail_sampling.decision_wait_after_root_received)).toBeGreaterThan(objective);
});

it.each(["collector", "tempo", "prometheus"])("%s is started with a file of this folder", (name) => {
  const service = serviceOf(compose, name);
  const [, path = ""] = (service.command?.[0] ?? "").split("=");
  expect(bindMounts(service).get("/etc/flowstate")).toBe("deploy/otel");
  expect(read(path.replace("/etc/flowstate/", ""))).toBeTypeOf("object");
});

it("the addresses at which they reach each other are names and ports of each other", () => {
  const texts = ["collector.yaml", "prometheus.yaml", "grafana/datasources/flowstate.yaml"].map((name) =>
    JSON.stringify(read(name)),
  );
  const hosts = [...texts.join().matchAll(/"(?:http:\/\/)?([a-z]+):\d{4}"/g)].map(([, host = ""]) => host);
  expect(new Set(hosts)).toEqual(new Set(["tempo", "collector", "prometheus"]));
  for (const host of hosts) expect(serviceOf(compose, host).networks).toContain("observability");
});
