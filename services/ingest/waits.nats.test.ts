// Real: ingest with its HTTP server, nats-server, sealed transfers, stream, ledger. Doubled: extractor and erp-pusher are
// scripted functions; acknowledgements of the broker are kept back from ingest, or an event from the broker.
import { setTimeout as sleep } from "node:timers/promises";
import { type EventType, LEASES_BUCKET } from "@flowstate/contracts";
import { type NatsServer, startNatsServer } from "@flowstate/local/servers/nats-server.ts";
import { connectEvents } from "@flowstate/messaging";
import { createLogger } from "@flowstate/runtime";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Acknowledgements } from "./testing/acknowledgements.ts";
import { DELIVERED, EXTRACTED, IngestRig } from "./testing/ingest-rig.ts";
import { RetainedMemory } from "./testing/retained-memory.ts";

/** Longer than ingest takes to do what it does not wait with. */
const MEANWHILE_MS = 200;
/** Of a mail's eight seconds here. */
const LONG_BEFORE_DEADLINE_MS = 5_000;
const NOBODY_YET = "nobody yet";

let broker: NatsServer;
let rig: IngestRig;
let acknowledgements: Acknowledgements;

beforeAll(async () => {
  broker = await startNatsServer({});
});
afterAll(() => broker[Symbol.asyncDispose]());
beforeEach(async () => {
  rig = await IngestRig.start(broker);
  acknowledgements = new Acknowledgements();
});
afterEach(async () => {
  acknowledgements[Symbol.dispose]();
  await rig[Symbol.asyncDispose]();
});

const types = () => rig.events.map(({ type }) => type);
const onRecord = (type: EventType) => expect.poll(types, { timeout: 5_000 }).toContain(type);
const statusOf = async (posted: ReturnType<IngestRig["post"]>) => (await posted).status;
/** What the sender has been told by the time everything is done that waits for nothing. */
const toldMeanwhile = async (posted: ReturnType<IngestRig["post"]>) =>
  await Promise.race([statusOf(posted), sleep(MEANWHILE_MS, NOBODY_YET)]);

/** What was last done with the lease of a document, in the words of a key-value bucket. Rejects while there was none. */
async function lastOfLease(document: string | undefined): Promise<string> {
  const logger = createLogger("test", "error", { write: () => {} });
  const { url, passwords } = broker;
  await using admin = await connectEvents({ url, identity: "admin", password: passwords.admin, logger });
  const { streams } = await admin.nats.jetstreamManager();
  const subject = `$KV.${LEASES_BUCKET}.${document}`;
  const { header } = await streams.getMessage(`KV_${LEASES_BUCKET}`, { last_by_subj: subject });
  return header?.get("KV-Operation") || "PUT";
}

describe("a mail and its documents", () => {
  it.each(["mail.received", "document.received"] as const)(
    "are published together, and nothing is worked on before %s is acknowledged",
    async (type) => {
      const release = acknowledgements.hold(type);
      const posted = rig.post({});
      await onRecord("document.received");
      expect(await toldMeanwhile(posted)).toBe(NOBODY_YET);
      expect(types()).toEqual(["mail.received", "document.received"]);
      expect(rig.extractions).toEqual([]);
      release();
      expect(await statusOf(posted)).toBe(200);
    },
  );

  it("are claimed meanwhile", async () => {
    const release = acknowledgements.hold("document.received");
    const mail = { messageId: "<meanwhile@test>" };
    const posted = rig.post(mail);
    await onRecord("document.received");
    const document = rig.events.find(({ type }) => type === "document.received")?.subject;
    await expect.poll(() => lastOfLease(document), { timeout: 5_000 }).toBe("PUT");
    expect(await statusOf(rig.post(mail))).toBe(503);
    await onRecord("document.wiped");
    expect(types().slice(-2)).toEqual(["document.deferred", "document.wiped"]);
    expect(rig.events.at(-1)?.data).toMatchObject({ wiped_bytes: expect.anything() });
    release();
    expect(await statusOf(posted)).toBe(200);
  });

  it.each(["mail.received", "document.received"] as const)(
    "are answered 503 when %s is not stored, and are nobody's when they come again",
    async (type) => {
      acknowledgements.lose(type);
      const mail = { messageId: `<${type}@test>` };
      expect(await statusOf(rig.post(mail))).toBe(503);
      expect(rig.extractions).toEqual([]);
      expect(await statusOf(rig.post(mail))).toBe(200);
      expect(rig.extractions).toHaveLength(1);
    },
  );

  it("are not told of while the mail is not known itself", async () => {
    acknowledgements.lose("mail.received");
    await rig.post({ documents: ["%PDF-1.7 1", "%PDF-1.7 2", "no document"] });
    await rig.post({});
    await onRecord("document.wiped");
    expect(types()).not.toContain("document.deferred");
    expect(types()).not.toContain("document.refused");
  });

  it("are held by nobody when they cannot be told of, however long the mail's own acknowledgement takes", async () => {
    using memory = new RetainedMemory();
    const release = acknowledgements.hold("mail.received");
    acknowledgements.lose("document.received");
    const posted = rig.post({});
    await onRecord("mail.received");
    await expect.poll(() => memory.pieces).toBeGreaterThan(0);
    await expect.poll(() => memory.leftBytes).toBe(0);
    expect(await toldMeanwhile(posted)).toBe(NOBODY_YET);
    release();
    expect(await statusOf(posted)).toBe(503);
  });
});

it("a document that was finished before is held by nobody, however long it takes to put that on record again", async () => {
  const mail = { messageId: "<finished@test>" };
  expect(await statusOf(rig.post(mail))).toBe(200);
  using memory = new RetainedMemory();
  const release = acknowledgements.hold("document.delivered");
  const posted = rig.post(mail);
  await expect.poll(() => memory.pieces).toBeGreaterThan(0);
  await expect.poll(() => memory.leftBytes).toBe(0);
  expect(await toldMeanwhile(posted)).toBe(NOBODY_YET);
  release();
  expect(await statusOf(posted)).toBe(200);
});

describe("a claim", () => {
  it("is acknowledged while the extraction runs, and before it is on record", async () => {
    const release = acknowledgements.hold("document.claimed");
    const posted = rig.post({});
    await expect.poll(() => rig.extractions.length).toBe(1);
    expect(await toldMeanwhile(posted)).toBe(NOBODY_YET);
    expect(types()).toEqual(["mail.received", "document.received", "document.claimed"]);
    expect(rig.pushes).toEqual([]);
    release();
    expect(await statusOf(posted)).toBe(200);
  });

  it("that cannot be recorded ends the attempt while the extraction runs, and leaves no lease", async () => {
    const gate = Promise.withResolvers<void>();
    rig.script.extract = async () => {
      await gate.promise;
      return EXTRACTED;
    };
    acknowledgements.lose("document.claimed");
    const mail = { messageId: "<unsaid@test>" };
    expect(await Promise.race([statusOf(rig.post(mail)), sleep(LONG_BEFORE_DEADLINE_MS, NOBODY_YET)])).toBe(503);
    await onRecord("document.wiped");
    expect(rig.events.find(({ type }) => type === "document.deferred")?.data).toMatchObject({
      code: "broker_unavailable",
    });
    gate.resolve();
    expect(await statusOf(rig.post(mail))).toBe(200);
    expect(rig.pushes).toHaveLength(1);
  });

  it("that cannot be recorded lets nothing that was read go further", async () => {
    acknowledgements.lose("document.claimed");
    rig.script.extract = async () => ({ result: "refused", code: "document_encrypted" });
    const mail = { messageId: "<refused@test>" };
    expect(await statusOf(rig.post(mail))).toBe(503);
    await onRecord("document.wiped");
    expect(types()).not.toContain("document.refused");
    expect(await statusOf(rig.post(mail))).toBe(200);
  });
});

it("nothing is pushed before its extraction is on record", async () => {
  const release = acknowledgements.hold("document.extracted");
  const posted = rig.post({});
  await onRecord("document.extracted");
  expect(await toldMeanwhile(posted)).toBe(NOBODY_YET);
  expect(rig.pushes).toEqual([]);
  release();
  expect(await statusOf(posted)).toBe(200);
});

describe("an end", () => {
  it("is no event before the ledger is known to have it", async () => {
    const release = acknowledgements.hold("settlement");
    const posted = rig.post({});
    await expect.poll(() => rig.pushes.length).toBe(1);
    expect(await toldMeanwhile(posted)).toBe(NOBODY_YET);
    expect(types()).not.toContain("document.delivered");
    release();
    expect(await statusOf(posted)).toBe(200);
  });

  it.each(["document.delivered", "document.wiped"] as const)(
    "is published with its receipt, and nobody is told before %s is acknowledged",
    async (type) => {
      const release = acknowledgements.hold(type);
      const posted = rig.post({});
      await onRecord("document.wiped");
      expect(types().slice(-2)).toEqual(["document.delivered", "document.wiped"]);
      expect(await toldMeanwhile(posted)).toBe(NOBODY_YET);
      release();
      expect(await statusOf(posted)).toBe(200);
    },
  );

  it.each(["document.delivered", "document.wiped"] as const)(
    "and its receipt are on record once each before the sender is told, when %s is lost at first",
    async (type) => {
      acknowledgements.lose(type);
      expect(await statusOf(rig.post({}))).toBe(200);
      await onRecord(type);
      const ends = types().filter((one) => one === "document.delivered" || one === "document.wiped");
      expect(ends.toSorted()).toEqual(["document.delivered", "document.wiped"]);
      expect(rig.pushes).toHaveLength(1);
    },
  );

  it("that no later attempt would tell has no receipt before it is on record", async () => {
    acknowledgements.lose("document.deferred", Number.POSITIVE_INFINITY);
    rig.script.push = async () => ({ result: "deferred", code: "erp_unavailable", attempts: 1 });
    const mail = { messageId: "<deferred@test>" };
    expect(await statusOf(rig.post(mail))).toBe(503);
    rig.script.push = async () => DELIVERED;
    expect(await statusOf(rig.post(mail))).toBe(200);
    await onRecord("document.delivered");
    await onRecord("document.wiped");
    expect(types().filter((type) => type === "document.wiped")).toHaveLength(1);
  });
});

describe("a lease", () => {
  it("is let go before the sender is told to come again", async () => {
    rig.script.push = async () => ({ result: "deferred", code: "erp_unavailable", attempts: 1 });
    expect(await statusOf(rig.post({}))).toBe(503);
    expect(await lastOfLease(rig.extractions[0])).toBe("DEL");
  });

  it("is left to lapse when the document is settled: the redelivery finds that first", async () => {
    const mail = { messageId: "<lapses@test>" };
    expect(await statusOf(rig.post(mail))).toBe(200);
    expect(await lastOfLease(rig.extractions[0])).toBe("PUT");
    expect((await rig.post(mail)).body).toMatchObject({ documents: [{ status: "duplicate" }] });
  });
});
