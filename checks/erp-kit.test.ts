import { readFileSync } from "node:fs";
import { erpPayloadSchema, erpPingSchema } from "@flowstate/contracts";
import { startErp } from "@flowstate/local/doubles/erp.ts";
import { startTelemetry } from "@flowstate/runtime";
import { describe, expect, it } from "vitest";
import { examplePayload } from "../deploy/generate/erp-example.ts";
import { ERP_ANSWERS } from "../deploy/generate/erp-webhooks.ts";
import { FAULTS_TO_OPEN, PAUSE_MS } from "../services/erp-pusher/circuit-breaker.ts";
import { classifyAnswer } from "../services/erp-pusher/classify-answer.ts";
import { pingErp } from "../services/erp-pusher/commands/ping-erp.ts";
import { erpPusherConfig } from "../services/erp-pusher/config.ts";
import { MAX_ATTEMPTS } from "../services/erp-pusher/deliver-webhook.ts";
import { erpTenants } from "../services/erp-pusher/erp-tenants.ts";
import { ingestConfig } from "../services/ingest/config.ts";
import { configFor, pushToErp } from "./testing/push-to-erp.ts";

// Real: the page and the OpenAPI document for ERP developers, erp-pusher's delivery and its judgement of answers, the
// services' defaults. Doubled: the ERP; the sealed transfer, by a call object of the same shape.

const page = readFileSync(new URL("../docs/erp/README.md", import.meta.url), "utf8");
const openApi = JSON.parse(readFileSync(new URL("../docs/erp/openapi-webhooks.json", import.meta.url), "utf8"));

/** Made by HTTP itself, or by the kind of body: OpenAPI describes them otherwise or not at all. */
const TRANSPORT_HEADERS = ["connection", "content-length", "content-type", "host"];
/** Everything HTTP defines as a final answer. */
const STATUSES = Array.from({ length: 400 }, (_, index) => 200 + index);

/** What the kit says of a status: its own row, or its class's. */
function documentedEnd(status: number): string | undefined {
  const ends = new Map(Object.entries(ERP_ANSWERS).map(([key, { end }]) => [key, end]));
  return ends.get(String(status)) ?? ends.get(`${Math.floor(status / 100)}XX`);
}

describe("the answers in the kit", () => {
  it("cause, status by status, what erp-pusher makes of them", () => {
    for (const status of STATUSES) {
      const { result } = classifyAnswer({ kind: "answered", status }, 1);
      expect(documentedEnd(status), String(status)).toBe(result);
    }
  });

  it("stand on the page as in the OpenAPI document", () => {
    const rows = [...page.matchAll(/^\| (?:other )?(\d(?:\d\d|xx)) \| `([a-z]+)` \|/gm)];
    const stated = Object.fromEntries(rows.map(([, status = "", end]) => [status.toUpperCase(), end]));
    expect(stated).toEqual(Object.fromEntries(Object.entries(ERP_ANSWERS).map(([status, { end }]) => [status, end])));
  });
});

describe("the headers in the kit", () => {
  const { parameters } = openApi.components;
  const described = Object.keys(parameters);
  const beyondTransport = (headers: object) =>
    Object.keys(headers)
      .filter((name) => !TRANSPORT_HEADERS.includes(name))
      .toSorted();

  it("are those of a delivery, and each stands on the page", async () => {
    await startTelemetry("erp-pusher", undefined);
    await using erp = await startErp();
    const { document_id, extraction } = examplePayload().data;
    const outcome = await pushToErp({ url: erp.webhookUrl, secret: erp.secret }, document_id, extraction);
    expect(outcome).toMatchObject({ result: "delivered" });
    const [delivery] = erp.received;
    expect(erpPayloadSchema.parse(delivery?.body).data.extraction).toEqual(extraction);
    expect(beyondTransport(delivery?.headers ?? {})).toEqual(described.toSorted());
    for (const name of described) expect(page).toContain(`| \`${name}\` |`);
    expect(delivery?.headers["idempotency-key"]).toBe(document_id);
  });

  it("are those of a ping, except what is not required", async () => {
    await using erp = await startErp();
    const [tenant] = erpTenants(configFor({ url: erp.webhookUrl, secret: erp.secret })).values();
    if (tenant === undefined) throw new Error("the configuration has no tenant");
    await pingErp(tenant, new Date());
    const [delivery] = erp.received;
    expect(delivery?.verified).toBe(true);
    expect(erpPingSchema.safeParse(delivery?.body).error).toBeUndefined();
    const required = described.filter((name) => parameters[name].required);
    expect(beyondTransport(delivery?.headers ?? {})).toEqual(required.toSorted());
  });
});

describe("the times on the page", () => {
  it("are the services' defaults and bounds", () => {
    const erpTimeoutMs = erpPusherConfig.schema.shape.ERP_TIMEOUT_MS.parse(undefined);
    const mailDeadlineMs = ingestConfig.schema.shape.MAIL_DEADLINE_MS.parse(undefined);
    expect(page).toContain(`at most ${erpTimeoutMs / 1_000} s after the request`);
    expect(page).toContain(`the mail's deadline (${mailDeadlineMs / 1_000} s by default)`);
    expect(page).toContain(`at most ${MAX_ATTEMPTS} within`);
    expect(page).toContain(`After ${FAULTS_TO_OPEN} faults in a row nothing is sent for ${PAUSE_MS / 1_000} s`);
  });
});
