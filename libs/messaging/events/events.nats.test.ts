// Real: nats-server with the production permissions, stream, durable consumer. Doubled: what stores the batches.
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { AUDIT_CONSUMER, EVENTS_STREAM, eventSchema, mailIdSchema, tenantIdSchema } from "@flowstate/contracts";
import { type NatsServer, startNatsServer } from "@flowstate/local/servers/nats-server.ts";
import { createLogger } from "@flowstate/runtime";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { connectEvents, type EventsConnection } from "../connection.ts";
import type { StreamMessage } from "./arrivals.ts";
import { consumeEvents } from "./consume-events.ts";
import { deriveEventId, EventNotStoredError, EventPublisher } from "./event-publisher.ts";
import { provisionEvents } from "./provision-events.ts";

const logger = createLogger("test", "error", { write: () => {} });
const tenant = tenantIdSchema.parse("acme");
const BATCH_SIZE = 50;
/** Longer than anything else here takes. */
const LONG_GATHER_MS = 2_000;
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

const ignored = () => ({
  type: "mail.ignored" as const,
  data: { tenant_id: tenant, mail_id: mailIdSchema.parse(randomUUID()), code: "no_document" as const },
});
const idOf = (message: StreamMessage) => eventSchema.parse(JSON.parse(Buffer.from(message.data).toString())).id;

/** Consumes until `enough` says so. */
async function consumeUntil(
  enough: () => boolean,
  store: (batch: readonly string[]) => Promise<void>,
  gatherMs = 0,
): Promise<void> {
  const stop = new AbortController();
  const consuming = consumeEvents(audit, {
    batchSize: BATCH_SIZE,
    gatherMs,
    signal: stop.signal,
    logger,
    read: idOf,
    prepare: (batch) => batch,
    store,
  });
  await expect.poll(enough, { timeout: 15_000, interval: 20 }).toBe(true);
  stop.abort();
  await consuming;
}

describe("the event stream", () => {
  it("is provisioned again without losing its place, and its consumer brought up to date", async () => {
    const publisher = new EventPublisher(ingest, "/flowstate/ingest");
    await publisher.publish(ignored());
    let stored = 0;
    const store = async (batch: readonly string[]) => {
      stored += batch.length;
    };
    await consumeUntil(() => stored === 1, store);
    await using admin = await connectEvents({
      url: server.url,
      identity: "admin",
      password: server.passwords.admin,
      logger,
    });
    const { consumers } = await admin.nats.jetstreamManager();
    const { config } = await consumers.info(EVENTS_STREAM, AUDIT_CONSUMER);
    await consumers.update(EVENTS_STREAM, AUDIT_CONSUMER, { max_ack_pending: 100, ack_wait: 1_000_000_000 });
    await provisionEvents({ url: server.url, password: server.passwords.admin });
    expect((await consumers.info(EVENTS_STREAM, AUDIT_CONSUMER)).config).toEqual(config);
    await publisher.publish(ignored());
    await consumeUntil(() => stored === 2, store);
  });

  it("hands every event over once it was acknowledged, in order", async () => {
    const publisher = new EventPublisher(ingest, "/flowstate/ingest");
    const events = Array.from({ length: 120 }, ignored);
    for (const event of events) await publisher.publish(event);
    const stored: string[] = [];
    await consumeUntil(
      () => stored.length >= 120,
      async (batch) => void stored.push(...batch),
    );
    expect(stored).toEqual(events.map(({ data }) => deriveEventId("mail.ignored", data.mail_id, undefined)));
  });

  it("stores together what comes within a moment of the first, and waits for no more", async () => {
    const publisher = new EventPublisher(ingest, "/flowstate/ingest");
    const batches: number[] = [];
    const publishing = (async () => {
      for (let n = 0; n < 4; n += 1) {
        await publisher.publish(ignored());
        await sleep(30);
      }
    })();
    await consumeUntil(
      () => batches.length > 0,
      async (batch) => void batches.push(batch.length),
      LONG_GATHER_MS,
    );
    await publishing;
    expect(batches).toEqual([4]);
  });

  it("does not wait for others when there are enough for a full batch", async () => {
    const publisher = new EventPublisher(ingest, "/flowstate/ingest");
    for (let n = 0; n < BATCH_SIZE; n += 1) await publisher.publish(ignored());
    const batches: number[] = [];
    const begunAt = performance.now();
    await consumeUntil(
      () => batches.length > 0,
      async (batch) => void batches.push(batch.length),
      LONG_GATHER_MS,
    );
    expect(batches).toEqual([BATCH_SIZE]);
    expect(performance.now() - begunAt).toBeLessThan(LONG_GATHER_MS);
  });

  it("hands out at once what was being gathered when its consumer stopped", async () => {
    const publisher = new EventPublisher(ingest, "/flowstate/ingest");
    await publisher.publish(ignored());
    const stop = new AbortController();
    const read: string[] = [];
    const consuming = consumeEvents(audit, {
      batchSize: BATCH_SIZE,
      gatherMs: LONG_GATHER_MS,
      signal: stop.signal,
      logger,
      read: (message) => void read.push(idOf(message)),
      prepare: () => undefined,
      store: async () => expect.unreachable(),
    });
    await expect.poll(() => read.length).toBe(1);
    stop.abort();
    await consuming;
    const stored: string[] = [];
    await consumeUntil(
      () => stored.length > 0,
      async (batch) => void stored.push(...batch),
    );
    expect(stored).toEqual(read);
  });

  it("takes the same event published twice as one", async () => {
    const publisher = new EventPublisher(ingest, "/flowstate/ingest");
    const event = ignored();
    await publisher.publish(event);
    await publisher.publish(event);
    await publisher.publish({ ...event, cause: "another time" });
    const stored: string[] = [];
    await consumeUntil(
      () => stored.length >= 2,
      async (batch) => void stored.push(...batch),
    );
    expect(new Set(stored).size).toBe(2);
    expect(stored).toHaveLength(2);
  });

  it("hands a batch out again until it is stored", async () => {
    const publisher = new EventPublisher(ingest, "/flowstate/ingest");
    for (let n = 0; n < 5; n += 1) await publisher.publish(ignored());
    let refusals = 0;
    const stored = new Set<string>();
    await consumeUntil(
      () => stored.size >= 5,
      async (batch) => {
        refusals += 1;
        if (refusals <= 2) throw new Error("database away");
        for (const id of batch) stored.add(id);
      },
    );
    expect(refusals).toBeGreaterThan(2);
  });

  it("does not acknowledge what it is not allowed to carry", async () => {
    const publisher = new EventPublisher(ingest, "/flowstate/ingest");
    const smuggled = { ...ignored().data, subject_line: "Invoice 4711" };
    await expect(publisher.publish({ type: "mail.ignored", data: smuggled })).rejects.toThrow();
  });

  it("throws when the broker is away, so that the mail is answered 503", async () => {
    const publisher = new EventPublisher(ingest, "/flowstate/ingest");
    await server.kill();
    await expect.poll(() => ingest.connected).toBe(false);
    await expect(publisher.publish(ignored())).rejects.toBeInstanceOf(EventNotStoredError);
  });

  it("goes on by itself when the broker is back", async () => {
    const publisher = new EventPublisher(ingest, "/flowstate/ingest");
    await publisher.publish(ignored());
    await server.kill();
    await expect.poll(() => ingest.connected).toBe(false);
    await server.restart();
    await expect.poll(() => ingest.connected, { timeout: 10_000 }).toBe(true);
    await publisher.publish(ignored());
    const stored: string[] = [];
    await consumeUntil(
      () => stored.length >= 2,
      async (batch) => void stored.push(...batch),
    );
    expect(new Set(stored).size).toBe(2);
  });
});
