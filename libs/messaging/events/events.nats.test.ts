// Real: nats-server with the production permissions, stream, durable consumer. Doubled: what stores the batches.
import { randomUUID } from "node:crypto";
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
async function consumeUntil(enough: () => boolean, store: (batch: readonly string[]) => Promise<void>): Promise<void> {
  const stop = new AbortController();
  const consuming = consumeEvents(audit, {
    batchSize: 50,
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
