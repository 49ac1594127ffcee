import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { documentIdSchema, pushOutcomeSchema, tenantIdSchema } from "@flowstate/contracts";
import { GhostBytes } from "@flowstate/ghost";
import { startErp } from "@flowstate/local/doubles/erp.ts";
import { type NatsServer, startNatsServer } from "@flowstate/local/servers/nats-server.ts";
import { callService, connectDocuments, Deadline } from "@flowstate/messaging";
import { createLogger, readConfig } from "@flowstate/runtime";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { erpPusherConfig } from "./config.ts";
import { startErpPusher } from "./start.ts";

// Real: nats-server with the production permissions, the sealed transfer on both sides, HTTP, signatures, the process.
// Doubled: the ERP; ingest is the few lines that call.

const MAIN = fileURLToPath(new URL("./main.ts", import.meta.url));
const logger = createLogger("test", "error", { write: () => {} });
let broker: NatsServer;

beforeAll(async () => {
  broker = await startNatsServer({});
});
afterAll(() => broker[Symbol.asyncDispose]());

function environment(erp: { webhookUrl: string; secret: string }): Record<string, string> {
  return {
    FLOWSTATE_LOCAL: "true",
    NATS_URL: broker.url,
    PUSHER_HOST: "127.0.0.1",
    PUSHER_PORT: "0",
    NATS_DOCUMENTS_PASSWORD: broker.passwords["erp-pusher"],
    TENANT_ID: "acme",
    ERP_WEBHOOK_URL: erp.webhookUrl,
    ERP_WEBHOOK_SECRET: erp.secret,
  };
}

async function pushOnce(tenantId = "acme") {
  await using connection = await connectDocuments({
    url: broker.url,
    identity: "ingest-documents",
    password: broker.passwords["ingest-documents"],
    logger,
  });
  using content = GhostBytes.taking(Buffer.from('{"document_number":"R-1"}'));
  return await callService(connection, {
    service: "erp-pusher",
    request: {
      document_id: documentIdSchema.parse("5f8c1d1e-6d0c-4b52-9a37-0a4c9d3b7e21"),
      tenant_id: tenantIdSchema.parse(tenantId),
      received_at: "2026-11-23T10:00:00.000Z",
      source: "sendgrid",
    },
    content,
    outcomeSchema: pushOutcomeSchema,
    deadline: Deadline.in(20_000),
    signal: new AbortController().signal,
    logger,
  });
}

const payloadOf = (tenantId: string) =>
  expect.objectContaining({ data: expect.objectContaining({ tenant_id: tenantId }) });

describe("erp-pusher", () => {
  it("takes an extraction over a sealed transfer, delivers it, and sends outcome and receipt back", async () => {
    await using erp = await startErp();
    const config = readConfig(erpPusherConfig.schema, erpPusherConfig.variables, environment(erp));
    await using _service = await startErpPusher(config, logger);
    const answer = await pushOnce();
    expect(answer).toEqual({
      outcome: { result: "delivered", erp_http_status: 200, attempts: 1 },
      content: undefined,
      wipedBytes: expect.any(Number),
      outsideMs: expect.any(Number),
    });
    expect(erp.received).toEqual([
      expect.objectContaining({
        verified: true,
        body: expect.objectContaining({ data: expect.objectContaining({ extraction: { document_number: "R-1" } }) }),
      }),
    ]);
  });

  it("is ready while its broker is there, and alive in any case", async () => {
    await using erp = await startErp();
    const config = readConfig(erpPusherConfig.schema, erpPusherConfig.variables, environment(erp));
    await using service = await startErpPusher(config, logger);
    const probe = async (path: string) => (await fetch(new URL(path, service.url))).status;
    expect(await probe("/readyz")).toBe(200);
    await broker.kill();
    await expect.poll(() => probe("/readyz")).toBe(503);
    expect(await probe("/livez")).toBe(200);
    await broker.restart();
    await expect.poll(() => probe("/readyz"), { timeout: 15_000 }).toBe(200);
  });

  it("pushes each tenant's extractions to its own ERP, signed with its own secrets", async () => {
    await using acme = await startErp();
    await using globex = await startErp({ tls: true });
    const fresh = `whsec_${Buffer.alloc(32, 9).toString("base64")}`;
    const erp = {
      url: globex.webhookUrl,
      secrets: [fresh, globex.secret],
      ca_certificate: globex.certificateAuthority,
    };
    const variables = { ...environment(acme), FLOWSTATE_TENANTS: JSON.stringify([{ id: "globex", erp }]) };
    const config = readConfig(erpPusherConfig.schema, erpPusherConfig.variables, variables);
    await using _service = await startErpPusher(config, logger);
    const answers = await Promise.all(["globex", "acme", "globex"].map((tenant) => pushOnce(tenant)));
    expect(answers.map(({ outcome }) => outcome.result)).toEqual(["delivered", "delivered", "delivered"]);
    const toAcme = acme.received.map(({ verified, body }) => ({ verified, body }));
    expect(toAcme).toEqual([{ verified: true, body: payloadOf("acme") }]);
    const toGlobex = globex.received.map(({ verified, body }) => ({ verified, body }));
    expect(toGlobex).toEqual(Array.from({ length: 2 }, () => ({ verified: true, body: payloadOf("globex") })));
  });

  it("never pushes for a tenant it does not know, however often it is asked", async () => {
    await using erp = await startErp();
    const config = readConfig(erpPusherConfig.schema, erpPusherConfig.variables, environment(erp));
    await using _service = await startErpPusher(config, logger);
    await expect(pushOnce("other")).rejects.toMatchObject({ name: "TransferError" });
    expect(erp.attempts).toBe(0);
  });

  it("refuses to start unhardened when GHOST_STRICT is set", async () => {
    await using erp = await startErp();
    const strict = { ...environment(erp), GHOST_STRICT: "true" };
    const config = readConfig(erpPusherConfig.schema, erpPusherConfig.variables, strict);
    await expect(startErpPusher(config, logger)).rejects.toThrow("not hardened");
  });

  it("is a process that says when it is ready, delivers, and stops cleanly on SIGTERM", async () => {
    await using erp = await startErp();
    const child = spawn(process.execPath, [MAIN], {
      env: { PATH: process.env["PATH"], ...environment(erp) },
      stdio: ["ignore", "pipe", "inherit"],
    });
    try {
      const ready = Promise.withResolvers<void>();
      createInterface(child.stdout).on("line", (line) => {
        if (JSON.parse(line).event === "service.ready") ready.resolve();
      });
      child.once("exit", () => ready.reject(new Error("erp-pusher ended before it was ready")));
      await ready.promise;
      expect((await pushOnce()).outcome.result).toBe("delivered");
      child.kill("SIGTERM");
      const [code] = await once(child, "exit");
      expect(code).toBe(0);
    } finally {
      child.kill("SIGKILL");
    }
  });
});
