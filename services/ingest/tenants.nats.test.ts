// Real: ingest with its HTTP server, nats-server, sealed transfers, stream, ledger. Doubled: extractor and erp-pusher are
// scripted functions; the mail is posted with fetch.
import { createHash } from "node:crypto";
import { type NatsServer, startNatsServer } from "@flowstate/local/servers/nats-server.ts";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { API_KEY, aPdf, EXTRACTED, IngestRig } from "./testing/ingest-rig.ts";

const GLOBEX_KEY = "globex-api-key-0123456789";
const SUBMIT_KEY = "globex-submit-key-0123456789";
const READ_KEY = "globex-read-key-0123456789";
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const TENANTS = [
  {
    id: "globex",
    addresses: ["in@globex.example"],
    api_keys: [
      sha256(GLOBEX_KEY),
      { sha256: sha256(SUBMIT_KEY), scopes: ["submit"] },
      { sha256: sha256(READ_KEY), scopes: ["read"] },
    ],
  },
  {
    id: "careful",
    addresses: ["@careful.example"],
    senders: { allow: ["@supplier.example"], require: ["spf", "dkim"] },
  },
  ...Array.from({ length: 20 }, (_, n) => ({ id: `many-${n}`, addresses: [`in@many-${n}.example`] })),
];
const PASSED = { SPF: "pass", dkim: "{@supplier.example : pass}" };

let broker: NatsServer;
let rig: IngestRig;

beforeAll(async () => {
  broker = await startNatsServer({});
});
afterAll(() => broker[Symbol.asyncDispose]());
afterEach(() => rig[Symbol.asyncDispose]());

async function start(): Promise<void> {
  rig = await IngestRig.start(broker, {
    FLOWSTATE_TENANTS: JSON.stringify(TENANTS),
    INGEST_MEMORY_BYTES: "6291456",
    MAX_MAIL_BYTES: "2097152",
    // 180 documents of one mail: a slow machine takes longer than the rig's eight seconds.
    MAIL_DEADLINE_MS: "60000",
  });
}

describe("a mail for two tenants", () => {
  const mail = {
    to: ["in@globex.example", "in@acme.example", "in+x@globex.example"],
    documents: [aPdf("a"), aPdf("b")],
  };

  it("is delivered to both, each document to each under an id of its own, and is on record for both", async () => {
    await start();
    const read: string[] = [];
    rig.script.extract = async (content) => {
      read.push(content.toString());
      return EXTRACTED;
    };
    const { status, body } = await rig.post(mail);
    expect([status, body]).toMatchObject([200, { documents: Array(4).fill({ status: "delivered" }) }]);
    expect(rig.pushes.map(({ tenant_id }) => tenant_id).sort()).toEqual(["acme", "acme", "globex", "globex"]);
    expect(new Set(rig.pushes.map(({ document_id }) => document_id)).size).toBe(4);
    expect(read.sort()).toEqual([aPdf("a"), aPdf("a"), aPdf("b"), aPdf("b")]);
    await expect.poll(() => rig.events.filter(({ type }) => type === "document.wiped").length).toBe(4);
    const received = rig.events.filter(({ type }) => type === "mail.received");
    expect(received.map(({ data }) => "tenant_id" in data && data.tenant_id).sort()).toEqual(["acme", "globex"]);
  });

  it("comes again as a whole when one of them must wait, and then does only that", async () => {
    await start();
    rig.script.push = async (_extraction, { tenant_id }) =>
      tenant_id === "globex"
        ? { result: "deferred", code: "erp_unavailable", attempts: 1 }
        : { result: "delivered", erp_http_status: 200, attempts: 1 };
    const again = { ...mail, messageId: "<two@test>" };
    expect((await rig.post(again)).status).toBe(503);
    rig.pushes.length = 0;
    rig.script.push = async () => ({ result: "delivered", erp_http_status: 200, attempts: 1 });
    expect((await rig.post(again)).status).toBe(200);
    expect(rig.pushes.map(({ tenant_id }) => tenant_id)).toEqual(["globex", "globex"]);
  });

  it("takes no more memory for twenty tenants than for two", async () => {
    await start();
    const documents = Array.from({ length: 9 }, (_, n) => Buffer.from(aPdf(String(n).repeat(199_000))));
    const to = TENANTS.slice(2).map(({ addresses }) => addresses[0] ?? "");
    const { status, body } = await rig.post({ documents, to });
    expect([status, body]).toMatchObject([200, { documents: Array(180).fill({ status: "delivered" }) }]);
    expect(new Set(rig.pushes.map(({ tenant_id }) => tenant_id)).size).toBe(20);
  });
});

describe("a tenant that minds who sends", () => {
  it.each<[string, object, string | undefined]>([
    ["takes what passes", {}, undefined],
    ["refuses another sender", { from: "s@else.example" }, "sender_not_allowed"],
    ["refuses a failed SPF", { fields: { ...PASSED, SPF: "fail" } }, "sender_not_authenticated"],
    ["refuses a mail without DKIM", { fields: { ...PASSED, dkim: "none" } }, "sender_not_authenticated"],
  ])("%s", async (_name, difference, code) => {
    await start();
    const mail = { to: ["anyone@careful.example"], from: "s@supplier.example", fields: PASSED, ...difference };
    const { status, body } = await rig.post(mail);
    expect([status, body]).toMatchObject([
      200,
      { status: "processed", documents: [code === undefined ? { status: "delivered" } : { status: "refused", code }] },
    ]);
    expect(rig.extractions).toHaveLength(code === undefined ? 1 : 0);
    await rig.eventTypes("document.wiped");
  });

  it("does not lose its document to a forger who was first with the same mail", async () => {
    await start();
    const mail = { to: ["in@careful.example"], messageId: "<same@test>", documents: [aPdf("same")] };
    await rig.post({ ...mail, from: "forger@else.example", fields: PASSED });
    const { body } = await rig.post({ ...mail, from: "s@supplier.example", fields: PASSED });
    expect(body).toMatchObject({ documents: [{ status: "delivered" }] });
  });

  it("does not spoil the same mail for a tenant that does not mind", async () => {
    await start();
    const { body } = await rig.post({ to: ["in@careful.example", "in@acme.example"], from: "s@else.example" });
    expect(body).toMatchObject({ documents: [{ code: "sender_not_allowed" }, { status: "delivered" }] });
    expect(rig.pushes.map(({ tenant_id }) => tenant_id)).toEqual(["acme"]);
  });
});

describe("the key of a tenant", () => {
  it("opens the webhook for that tenant's mail", async () => {
    await start();
    expect((await rig.post({ to: ["in@globex.example"] }, { key: GLOBEX_KEY })).body).toMatchObject({
      status: "processed",
    });
  });

  it("does not open it for another's, not even beside its own", async () => {
    await start();
    expect((await rig.post({}, { key: GLOBEX_KEY })).body).toMatchObject({ status: "unroutable" });
    await rig.post({ to: ["in@acme.example", "in@globex.example"] }, { key: GLOBEX_KEY });
    expect(rig.pushes.map(({ tenant_id }) => tenant_id)).toEqual(["globex"]);
  });

  it("need not permit more than to submit", async () => {
    await start();
    const { body } = await rig.post({ to: ["in@globex.example"] }, { key: SUBMIT_KEY });
    expect(body).toMatchObject({ status: "processed" });
  });

  it("submits neither a mail nor an upload when it is for reading, and nothing is on record", async () => {
    await start();
    expect(await rig.post({ to: ["in@globex.example"] }, { key: READ_KEY })).toMatchObject({
      status: 403,
      body: { error: "forbidden" },
    });
    const upload = await fetch(rig.urlOf("/api/documents"), {
      method: "POST",
      body: aPdf(),
      headers: { "x-api-key": READ_KEY, "content-type": "application/pdf" },
    });
    expect([upload.status, await upload.json()]).toEqual([403, { error: "forbidden" }]);
    expect([rig.extractions, rig.events]).toEqual([[], []]);
  });

  it("is needed whoever the mail is for", async () => {
    await start();
    expect((await rig.post({}, { key: `${API_KEY}0` })).status).toBe(401);
    expect((await rig.post({}, { key: sha256(GLOBEX_KEY) })).status).toBe(401);
  });
});
