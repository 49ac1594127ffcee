// Real: nats-server with the production permissions, stream, durable consumer, its files on disk. Doubled: what is recorded.
import { randomUUID } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { mailIdSchema, tenantIdSchema } from "@flowstate/contracts";
import { type NatsServer, startNatsServer } from "@flowstate/local/servers/nats-server.ts";
import { createLogger } from "@flowstate/runtime";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { connectEvents, type EventsConnection } from "../connection.ts";
import { consumeEvents } from "./consume-events.ts";
import { eraseEvents } from "./erase-events.ts";
import { EventPublisher } from "./event-publisher.ts";
import { provisionEvents } from "./provision-events.ts";

const logger = createLogger("test", "error", { write: () => {} });
const FORGOTTEN = "forget.me@supplier.example";
const OTHER = "keep.me@supplier.example";
let server: NatsServer;
let ingest: EventsConnection;
let audit: EventsConnection;

beforeEach(async () => {
  server = await startNatsServer({});
  await provisionEvents({ url: server.url, password: server.passwords.admin });
  const open = (identity: "ingest-events" | "audit") =>
    connectEvents({ url: server.url, identity, password: server.passwords[identity], logger });
  [ingest, audit] = await Promise.all([open("ingest-events"), open("audit")]);
});
afterEach(async () => {
  await ingest[Symbol.asyncDispose]();
  await audit[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

async function publish(senders: readonly string[]): Promise<void> {
  const publisher = new EventPublisher(ingest, "/flowstate/ingest");
  for (const sender_email of senders) {
    await publisher.publish({
      type: "mail.received",
      data: {
        tenant_id: tenantIdSchema.parse("acme"),
        mail_id: mailIdSchema.parse(randomUUID()),
        sender_email,
        source: "sendgrid",
        size_bytes: 1,
      },
    });
  }
}

/** Has so many messages stored and acknowledged. */
async function settle(count: number): Promise<void> {
  const stop = new AbortController();
  let settled = 0;
  const consuming = consumeEvents(audit, {
    batchSize: count,
    gatherMs: 0,
    signal: stop.signal,
    logger,
    read: (message) => message.sequence,
    prepare: (batch) => batch,
    async store(batch) {
      settled += batch.length;
    },
  });
  await expect.poll(() => settled, { timeout: 15_000 }).toBe(count);
  stop.abort();
  await consuming;
}

const erase = () =>
  eraseEvents({
    url: server.url,
    password: server.passwords.admin,
    matches: (data) => Buffer.from(data).includes(FORGOTTEN),
  });

/** A signal is sent at once and obeyed when the process is next looked at: on a busy machine by far not at once. */
const STOPPED_WITHIN_MS = 1_000;

function holdThread(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

/** Everything that the broker has on its disk. */
async function onDisk(): Promise<string> {
  const entries = await readdir(server.storeDir, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return (await Promise.all(files.map((file) => readFile(join(file.parentPath, file.name), "latin1")))).join("");
}

describe("erasing events from the stream", () => {
  it("takes what matches from the broker's disk, and leaves the rest", async () => {
    await publish([FORGOTTEN, OTHER, ...Array.from({ length: 600 }, () => OTHER), FORGOTTEN]);
    await settle(603);
    await expect.poll(onDisk).toContain(FORGOTTEN);
    expect(await erase()).toEqual({ erased: 2, pending: 0 });
    await expect.poll(onDisk).not.toContain(FORGOTTEN);
    expect(await onDisk()).toContain(OTHER);
    expect(await erase()).toEqual({ erased: 0, pending: 0 });
  });

  it("leaves what audit has not settled yet, and says how much that is", async () => {
    await publish([FORGOTTEN]);
    await settle(1);
    await publish([OTHER, FORGOTTEN]);
    expect(await erase()).toEqual({ erased: 1, pending: 1 });
    await settle(2);
    expect(await erase()).toEqual({ erased: 1, pending: 0 });
  });

  it("does not take a broker that stalls for the end of the stream", async () => {
    await publish([...Array.from({ length: 500 }, () => OTHER), FORGOTTEN]);
    await settle(501);
    let seen = 0;
    const erasing = eraseEvents({
      url: server.url,
      password: server.passwords.admin,
      matches(data) {
        seen += 1;
        // The last of the messages that are asked for at once. The next are not before the broker has come to rest.
        if (seen === 500) {
          process.kill(server.pid, "SIGSTOP");
          holdThread(STOPPED_WITHIN_MS);
        }
        return Buffer.from(data).includes(FORGOTTEN);
      },
    });
    const outcome = erasing.then(
      ({ erased }) => erased,
      () => "rejected",
    );
    await expect.poll(() => seen, { timeout: 10_000 }).toBe(500);
    await sleep(3_000);
    process.kill(server.pid, "SIGCONT");
    expect(await outcome).toBe("rejected");
    expect(await erase()).toEqual({ erased: 1, pending: 0 });
  });

  it("finds nothing in a stream that is empty", async () => {
    expect(await erase()).toEqual({ erased: 0, pending: 0 });
  });
});
