// Real: ingest with its HTTP server, nats-server, ECDSA keys and signatures. Doubled: extractor and erp-pusher are scripted
// functions.
import { createSign, generateKeyPairSync, type KeyObject } from "node:crypto";
import { type NatsServer, startNatsServer } from "@flowstate/local/servers/nats-server.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { API_KEY, IngestRig, mailForm, type PostedMail } from "./testing/ingest-rig.ts";

const pair = () => generateKeyPairSync("ec", { namedCurve: "prime256v1" });
const [current, former, strange] = [pair(), pair(), pair()];
const spki = ({ publicKey }: { publicKey: KeyObject }) =>
  publicKey.export({ format: "der", type: "spki" }).toString("base64");

let broker: NatsServer;
let rig: IngestRig;

beforeAll(async () => {
  broker = await startNatsServer({});
  rig = await IngestRig.start(broker, {
    SENDGRID_INBOUND_OPEN: "true",
    SENDGRID_WEBHOOK_PUBLIC_KEY: `${spki(current)} ${spki(former)}`,
  });
});
afterAll(async () => {
  await rig[Symbol.asyncDispose]();
  await broker[Symbol.asyncDispose]();
});

async function post(options: {
  readonly mail?: PostedMail;
  readonly signer?: { readonly privateKey: KeyObject };
  readonly ageS?: number;
  readonly tamper?: (body: Buffer) => Buffer;
}): Promise<{ status: number; body: unknown }> {
  const { mail = {}, signer = current, ageS = 0, tamper = (body: Buffer) => body } = options;
  const form = new Request("http://localhost", { method: "POST", body: mailForm(mail) });
  const body = Buffer.from(await form.arrayBuffer());
  const timestamp = String(Math.round(Date.now() / 1_000) - ageS);
  const response = await fetch(rig.urlOf("/webhooks/sendgrid"), {
    method: "POST",
    body: tamper(body),
    headers: {
      "content-type": form.headers.get("content-type") ?? "",
      "x-twilio-email-event-webhook-signature": createSign("sha256")
        .update(timestamp)
        .update(body)
        .sign(signer.privateKey, "base64"),
      "x-twilio-email-event-webhook-timestamp": timestamp,
    },
  });
  return { status: response.status, body: await response.json() };
}

describe("with a public key, and open to everybody", () => {
  it.each([
    ["signed with the current key", { signer: current }],
    ["signed with the former key", { signer: former }],
    ["signed 72 hours ago, as a retry may be", { ageS: 72 * 3_600 }],
    ["large, in many pieces", { mail: { documents: [`%PDF-1.7\n${"x".repeat(190_000)}`] } }],
  ])("the webhook takes a mail that is %s", async (_name, options) => {
    expect((await post(options)).status).toBe(200);
  });

  it.each([
    ["signed with a strange key", { signer: strange }],
    [
      "changed after it was signed",
      { tamper: (body: Buffer) => Buffer.from(body.toString("latin1").replace("acme", "acne"), "latin1") },
    ],
    ["cut after it was signed", { tamper: (body: Buffer) => body.subarray(0, -2) }],
    ["no multipart body, and changed", { tamper: (body: Buffer) => body.subarray(0, 40) }],
    ["a week old", { ageS: 7 * 86_400 }],
  ])("it answers 401 to one that is %s, and does nothing with it", async (_name, options) => {
    const extractions = rig.extractions.length;
    const answer = await post(options);
    expect(answer).toEqual({ status: 401, body: { error: "authentication_failed" } });
    expect(rig.extractions).toHaveLength(extractions);
    expect(rig.events.some(({ type }) => type === "mail.refused")).toBe(false);
  });

  it("answers 401 to a mail without a signature, whatever key it shows", async () => {
    expect((await rig.post({}, { key: API_KEY })).status).toBe(401);
    expect((await rig.post({}, { key: null })).status).toBe(401);
  });

  it("opens nothing but the webhook", async () => {
    const headers = { "content-type": "application/pdf" };
    const response = await fetch(rig.urlOf("/api/documents"), { method: "POST", body: "%PDF-1.7", headers });
    expect(response.status).toBe(401);
  });
});
