// Real: two instances of ingest one after the other, nats-server, sealed transfers, stream, ledger. Doubled: extractor and
// erp-pusher are scripted functions; the mail is posted with fetch.
import { setTimeout as sleep } from "node:timers/promises";
import {
  type DocumentId,
  documentIdSchema,
  FINAL_EVENT_TYPES,
  mailIdSchema,
  tenantIdSchema,
} from "@flowstate/contracts";
import { type NatsServer, startNatsServer } from "@flowstate/local/servers/nats-server.ts";
import { connectEvents, DeliveryLedger } from "@flowstate/messaging";
import { createLogger } from "@flowstate/runtime";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { aPdf, DELIVERED, EXTRACTED, IngestRig } from "./testing/ingest-rig.ts";

/** What SendGrid tries in 72 hours. */
const DELIVERIES = 33;
const AT_ONCE = 3;

let broker: NatsServer;
let rig: IngestRig;

beforeAll(async () => {
  broker = await startNatsServer({});
});
afterAll(() => broker[Symbol.asyncDispose]());
beforeEach(async () => {
  rig = await IngestRig.start(broker);
});
afterEach(() => rig[Symbol.asyncDispose]());

it("33 deliveries of one mail, three at a time and to two instances in turn, make one delivery and one event of it", async () => {
  const mail = { messageId: "<33@test>", documents: [aPdf("33")] };
  rig.script.extract = async () => {
    await sleep(20);
    return EXTRACTED;
  };
  const statuses: number[] = [];
  const deliver = async (count: number, ingest = rig.ingest) => {
    for (let n = 0; n < count; n += AT_ONCE) {
      const answers = await Promise.all(Array.from({ length: AT_ONCE }, () => rig.post(mail, { ingest })));
      statuses.push(...answers.map(({ status }) => status));
    }
  };
  await deliver(15);
  await rig.ingest[Symbol.asyncDispose]();
  await using restarted = await rig.anotherIngest();
  await deliver(18, restarted);

  expect(statuses).toHaveLength(DELIVERIES);
  expect([...new Set(statuses)].sort()).toEqual([200, 503]);
  expect(statuses.slice(AT_ONCE)).not.toContain(503);
  expect([rig.extractions.length, rig.pushes.length]).toEqual([1, 1]);
  await rig.eventTypes("document.duplicate");
  await expect
    .poll(() => rig.events.filter(({ type }) => type === "document.wiped").length, { timeout: 5_000 })
    .toBe(DELIVERIES);
  expect(rig.events.filter(({ type }) => type === "document.delivered")).toHaveLength(1);
});

it("a mail with two good documents and one that must wait comes again, and each is delivered once", async () => {
  let refusals = 2;
  rig.script.extract = async (content) => {
    if (!content.includes("later") || refusals === 0) return EXTRACTED;
    refusals -= 1;
    return { result: "deferred", code: "model_unavailable" };
  };
  const mail = { messageId: "<mixed@test>", documents: [aPdf("good 1"), aPdf("later"), aPdf("good 2")] };
  expect([(await rig.post(mail)).status, (await rig.post(mail)).status, (await rig.post(mail)).status]).toEqual([
    503, 503, 200,
  ]);
  expect(rig.extractions).toHaveLength(5);
  expect(new Set(rig.pushes.map(({ document_id }) => document_id)).size).toBe(3);
  expect(rig.pushes).toHaveLength(3);
});

describe("a document that another attempt has finished without living to say so", () => {
  const logger = createLogger("test", "error", { write: () => {} });

  /** As an attempt does that is killed before its event. */
  async function settle(document: DocumentId): Promise<void> {
    const password = broker.passwords["ingest-events"];
    await using connection = await connectEvents({ url: broker.url, identity: "ingest-events", password, logger });
    const ledger = await DeliveryLedger.open(connection, "killed", logger);
    await ledger.settle(document, {
      type: "document.undeliverable",
      data: {
        document_id: document,
        mail_id: mailIdSchema.parse(crypto.randomUUID()),
        tenant_id: tenantIdSchema.parse("acme"),
        code: "erp_rejected",
        stage: "deliver",
        duration_ms: 70,
        erp_http_status: 422,
        attempts: 1,
      },
    });
  }
  const finalEvents = () => rig.events.filter(({ type }) => FINAL_EVENT_TYPES.some((final) => final === type));

  it("is a duplicate, and its end is on record as the ledger knows it, before the sender is told", async () => {
    const mail = { messageId: "<killed@test>" };
    rig.script.extract = async () => ({ result: "deferred", code: "model_unavailable" });
    expect((await rig.post(mail)).status).toBe(503);
    await settle(documentIdSchema.parse(rig.extractions[0]));
    const answer = await rig.post(mail);
    expect(answer).toMatchObject({ status: 200, body: { documents: [{ status: "duplicate" }] } });
    const types = await rig.eventTypes("document.duplicate");
    expect(types.indexOf("document.undeliverable")).toBe(types.indexOf("document.duplicate") - 1);
    expect(finalEvents().map(({ data }) => data)).toEqual([
      expect.objectContaining({ code: "erp_rejected", duration_ms: 70, erp_http_status: 422 }),
    ]);
    expect(rig.extractions).toHaveLength(1);
  });

  it("keeps that end when a slower attempt comes to another one", async () => {
    rig.script.push = async (_extraction, { document_id }) => {
      await settle(document_id);
      return DELIVERED;
    };
    const answer = await rig.post({ messageId: "<slower@test>" });
    expect(answer).toMatchObject({ status: 200, body: { documents: [{ status: "duplicate" }] } });
    await rig.eventTypes("document.wiped");
    expect(finalEvents().map(({ type }) => type)).toEqual(["document.undeliverable"]);
  });
});

describe("a reused Message-ID", () => {
  it("does not keep another document from being delivered, not even while the first is worked on", async () => {
    const gate = Promise.withResolvers<void>();
    rig.script.extract = async (content) => {
      if (content.includes("first")) await gate.promise;
      return EXTRACTED;
    };
    const first = rig.post({ messageId: "<reused@test>", documents: [aPdf("first")] });
    await expect.poll(() => rig.extractions.length).toBe(1);
    const second = await rig.post({ messageId: "<reused@test>", documents: [aPdf("second")] });
    expect(second.body).toMatchObject({ documents: [{ status: "delivered" }] });
    gate.resolve();
    expect((await first).status).toBe(200);
  });
});

describe("when ingest is asked to stop", () => {
  it("is not ready from then on, answers 503 to what comes, and finishes what is under way", async () => {
    const gate = Promise.withResolvers<void>();
    rig.script.push = async () => {
      await gate.promise;
      return DELIVERED;
    };
    await using stopping = await rig.anotherIngest();
    const underWay = rig.post({ messageId: "<under-way@test>" }, { ingest: stopping });
    await expect.poll(() => rig.pushes.length).toBe(1);
    const stopped = stopping[Symbol.asyncDispose]();
    expect((await fetch(rig.urlOf("/readyz", stopping))).status).toBe(503);
    expect((await fetch(rig.urlOf("/livez", stopping))).status).toBe(200);
    const late = await rig.post({}, { ingest: stopping });
    expect([late.status, late.body, late.headers.get("retry-after")]).toEqual([
      503,
      { error: "temporarily_unavailable" },
      "30",
    ]);
    gate.resolve();
    expect((await underWay).status).toBe(200);
    await stopped;
    await expect(fetch(rig.urlOf("/livez", stopping))).rejects.toThrow();
  });

  it("goes on listening for as long as a balancer takes to see it, and closes each connection with its answer", async () => {
    await using stopping = await rig.anotherIngest({ STOP_DRAIN_MS: "500" });
    const open = await fetch(rig.urlOf("/readyz", stopping));
    expect([open.status, open.headers.get("connection")]).toEqual([200, "keep-alive"]);
    const stopped = stopping[Symbol.asyncDispose]();
    const [readyz, late] = await Promise.all([
      fetch(rig.urlOf("/readyz", stopping)),
      rig.post({}, { ingest: stopping }),
    ]);
    expect([readyz.status, readyz.headers.get("connection")]).toEqual([503, "close"]);
    expect([late.status, late.headers.get("connection")]).toEqual([503, "close"]);
    expect(late.body).toEqual({ error: "temporarily_unavailable" });
    await stopped;
    await expect(fetch(rig.urlOf("/livez", stopping))).rejects.toThrow();
  });
});
