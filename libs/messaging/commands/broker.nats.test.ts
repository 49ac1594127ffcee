// Real: the command as a process, nats-server. Doubled: nothing.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { AUDIT_CONSUMER, EVENTS_STREAM, inboxPrefix, LEASES_BUCKET, LEDGER_BUCKET } from "@flowstate/contracts";
import { startNatsServer } from "@flowstate/local/servers/nats-server.ts";
import { connect } from "nats";
import { expect, it } from "vitest";

const PROGRAM = join(import.meta.dirname, "broker.ts");
const DAY_NS = 24 * 3_600_000 * 1_000_000;

function broker(environment: NodeJS.ProcessEnv, ...args: readonly string[]): Promise<{ code: number; text: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [PROGRAM, ...args], { env: environment }, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, text: stdout + stderr }),
    );
  });
}

it("provision makes everything that services bind to, and again brings it up to date", async () => {
  await using server = await startNatsServer();
  const environment = {
    FLOWSTATE_LOCAL: "true",
    NATS_URL: server.url,
    NATS_ADMIN_PASSWORD: server.passwords.admin,
    NATS_REPLICAS: "1",
  };
  const done = { code: 0, text: "The stream of events and the ledger's buckets are as they should be.\n" };
  expect(await broker(environment, "provision")).toEqual(done);
  expect(await broker({ ...environment, RETENTION_STARTER_DAYS: "11" }, "provision")).toEqual(done);
  const nats = await connect({
    servers: server.url,
    user: "admin",
    pass: server.passwords.admin,
    inboxPrefix: inboxPrefix("admin"),
  });
  const manager = await nats.jetstreamManager();
  expect((await manager.streams.names().next()).sort()).toEqual(
    [EVENTS_STREAM, `KV_${LEASES_BUCKET}`, `KV_${LEDGER_BUCKET}`].sort(),
  );
  expect((await manager.streams.info(EVENTS_STREAM)).config.max_age).toBe(10 * DAY_NS);
  expect((await manager.consumers.info(EVENTS_STREAM, AUDIT_CONSUMER)).name).toBe(AUDIT_CONSUMER);
  await nats.close();
  // More copies than there are nodes.
  expect(await broker({ ...environment, NATS_REPLICAS: "3" }, "provision")).toEqual({
    code: 1,
    text: expect.stringMatching(/^flowstate: the broker refused: /),
  });
});

it("says what is wrong with its configuration, and how it is used", async () => {
  const [configuration, usage] = await Promise.all([
    broker({ NATS_URL: "nats://broker:4222" }, "provision"),
    broker({}),
  ]);
  expect(configuration.code).toBe(78);
  expect(configuration.text).toMatch(/^flowstate: NATS_URL: must be tls:\/\/ addresses/m);
  expect(configuration.text).toMatch(/^flowstate: NATS_ADMIN_CERTIFICATE: is required$/m);
  expect(usage).toEqual({ code: 1, text: "flowstate: usage: npm run broker -- provision | replay\n" });
});
