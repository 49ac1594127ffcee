import { randomBytes, randomUUID } from "node:crypto";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseSigningKey, parseWebhookSecrets, signWebhook } from "../services/erp-pusher/sign.ts";
import { pushToErp } from "./testing/push-to-erp.ts";
import { RECEIVERS, type Receiver, runToItsEnd, startReceiver } from "./testing/receivers.ts";

// Real: the receivers that customers copy, each as the process they would start; erp-pusher's signatures, and its delivery.
// Doubled: the sealed transfer, by a call object of the same shape. A receiver whose interpreter is absent is skipped.

const secretOf = () => `whsec_${randomBytes(32).toString("base64")}`;
/** The receivers know these two, as a customer's system does while the secret is changed. */
const [OLD, NEW] = [secretOf(), secretOf()];
const UNKNOWN = secretOf();

const DOCUMENT = { type: "document.extracted", data: { extraction: { document_number: "RE-1" } } };
const MIB = 1024 * 1024;

interface Delivery {
  readonly id: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer>;
}

interface Signing {
  readonly id?: string;
  readonly secrets?: readonly string[];
  /** Whether there is an ed25519 signature behind the others, as some customers ask for. */
  readonly ed25519?: boolean;
  /** Seconds from now at which the signature says it was made. */
  readonly age?: number;
}

/** A delivery of `body` with the headers that erp-pusher would send. */
function signed(body: Uint8Array | string | object = DOCUMENT, signing: Signing = {}): Delivery {
  const bytes = Buffer.from(body instanceof Uint8Array || typeof body === "string" ? body : JSON.stringify(body));
  const keys = parseWebhookSecrets((signing.secrets ?? [NEW]).join(" "));
  const signingKey = parseSigningKey(`whsk_${randomBytes(32).toString("base64")}`);
  if (keys === undefined || signingKey === undefined) throw new Error("a secret of the test is unusable");
  const id = signing.id ?? randomUUID();
  const sentAt = new Date(Date.now() - (signing.age ?? 0) * 1_000);
  return {
    id,
    headers: { ...signWebhook(keys, { id, sentAt, body: bytes }, signing.ed25519 === true ? [signingKey] : []) },
    body: Uint8Array.from(bytes),
  };
}

/** The same delivery with one header changed, or left out. */
function withHeader(delivery: Delivery, name: string, change: (value: string) => string | undefined): Delivery {
  const { [name]: value = "", ...others } = delivery.headers;
  const changed = change(value);
  return { ...delivery, headers: { ...others, ...(changed !== undefined && { [name]: changed }) } };
}

const withSignature = (change: (value: string) => string | undefined, signing?: Signing) =>
  withHeader(signed(DOCUMENT, signing), "webhook-signature", change);

/** Two signatures in the other order. */
const swapped = (signatures: string) => signatures.split(" ").toReversed().join(" ");

function withByteChanged({ body, ...rest }: Delivery, index: number): Delivery {
  const changed = Uint8Array.from(body);
  changed[index] = (changed[index] ?? 0) ^ 1;
  return { ...rest, body: changed };
}

type Row = readonly [name: string, make: () => Delivery, status: number, bookings: 0 | 1];

/** What every receiver answers, and whether it books. */
const CONTRACT: readonly Row[] = [
  ["books a delivery signed with the new secret", () => signed(), 204, 1],
  ["books one signed with the old secret", () => signed(DOCUMENT, { secrets: [OLD] }), 204, 1],
  ["books one signed with both", () => signed(DOCUMENT, { secrets: [NEW, OLD] }), 204, 1],
  ["books one of whose signatures only the last matches", () => signed(DOCUMENT, { secrets: [UNKNOWN, OLD] }), 204, 1],
  ["books one of whose signatures only the first matches", () => signed(DOCUMENT, { secrets: [NEW, UNKNOWN] }), 204, 1],
  ["passes over an ed25519 signature behind its own", () => signed(DOCUMENT, { ed25519: true }), 204, 1],
  ["passes over one before its own", () => withSignature((both) => swapped(both), { ed25519: true }), 204, 1],
  [
    "refuses an ed25519 signature alone",
    () => withSignature((both) => swapped(both).split(" ")[0], { ed25519: true }),
    401,
    0,
  ],
  ["refuses a secret that it does not know", () => signed(DOCUMENT, { secrets: [UNKNOWN] }), 401, 0],
  ...["webhook-id", "webhook-timestamp", "webhook-signature"].flatMap((name): Row[] => [
    [`refuses a delivery without ${name}`, () => withHeader(signed(), name, () => undefined), 401, 0],
    [`refuses a delivery with an empty ${name}`, () => withHeader(signed(), name, () => ""), 401, 0],
  ]),
  ["refuses another id than the signed one", () => withHeader(signed(), "webhook-id", () => randomUUID()), 401, 0],
  [
    "refuses another timestamp than the signed one",
    () => withHeader(signed(), "webhook-timestamp", (seconds) => String(Number(seconds) + 1)),
    401,
    0,
  ],
  ["refuses a timestamp that is no number", () => withHeader(signed(), "webhook-timestamp", (s) => `${s}x`), 401, 0],
  // Twenty seconds of room where a slow machine could cross the border.
  ["takes what is nearly five minutes old", () => signed(DOCUMENT, { age: 280 }), 204, 1],
  ["refuses what is older than five minutes", () => signed(DOCUMENT, { age: 302 }), 401, 0],
  ["takes what is nearly five minutes ahead", () => signed(DOCUMENT, { age: -298 }), 204, 1],
  ["refuses what is further ahead", () => signed(DOCUMENT, { age: -320 }), 401, 0],
  ["refuses a signature without version", () => withSignature((own) => own.replace("v1,", "")), 401, 0],
  ["refuses a signature of a wrong version", () => withSignature((own) => own.replace("v1,", "v2,")), 401, 0],
  ["refuses the version of another kind of key", () => withSignature((own) => own.replace("v1,", "v1a,")), 401, 0],
  ["refuses a part of the signature", () => withSignature((own) => own.slice(0, -4)), 401, 0],
  ["refuses the version alone", () => withSignature(() => "v1,"), 401, 0],
  ["refuses a signature with something behind it", () => withSignature((own) => `${own}x`), 401, 0],
  ["refuses a body whose first byte was changed", () => withByteChanged(signed(), 0), 401, 0],
  ["refuses a body whose last byte was changed", () => withByteChanged(signed(), signed().body.length - 1), 401, 0],
  ["refuses an empty body that is signed", () => signed(""), 400, 0],
  ["refuses a signed body that is no JSON", () => signed("invoice: RE-1"), 400, 0],
  ["refuses a signed body that breaks off", () => signed('{"type":"document.extracted"'), 400, 0],
  ["refuses a signed body with more than JSON", () => signed('{"type":"document.extracted"}{}'), 400, 0],
  ["refuses signed JSON that is no object", () => signed('["document.extracted"]'), 400, 0],
  ["refuses a signed body that is not UTF-8", () => signed(Buffer.from('{"vendor":"M\xfcller"}', "latin1")), 400, 0],
  ["answers a ping and books nothing", () => signed({ type: "flowstate.ping", data: {} }), 204, 0],
  ["knows a ping in any spelling", () => signed('{"\\u0074ype" : "flow\\u0073tate\\u002Eping"}'), 204, 0],
  ["refuses a ping that is not signed", () => withSignature(() => "v1,", {}), 401, 0],
  [
    "books texts of any script, escaped or not",
    () =>
      signed(
        '{"type":"document.extracted","data":{"vendor":"Müller & Søn – 株式会社 🚢\\u0000\\ud83d\\udea2\\"\\\\/"}}',
      ),
    204,
    1,
  ],
  [
    "books a body in another layout",
    () => signed(' {\r\n\t"data" : [ -0.5e+3 , true, false, null, {}, [] ] } '),
    204,
    1,
  ],
  ["books a document as large as they get", () => signed({ data: { filler: "ü".repeat(8 * MIB) } }), 204, 1],
];

describe.each(RECEIVERS)("the receiver in $language", (program) => {
  const { language, command, present } = program;
  if (!present) {
    it.skip(`is not tested: there is no ${command} on this machine to run ${language}`, () => {});
    return;
  }

  let receiver: Receiver;
  beforeAll(async () => {
    receiver = await startReceiver(program, `${OLD} ${NEW}`);
  });
  afterAll(() => receiver?.[Symbol.asyncDispose]());

  async function send({ headers, body }: Delivery): Promise<number> {
    const answer = await fetch(receiver.url, { method: "POST", headers, body });
    await answer.arrayBuffer();
    return answer.status;
  }

  /** How often it booked the document, asked once a later booking shows that nothing is on its way any more. */
  async function bookingsOf(id: string): Promise<number> {
    const later = signed();
    expect(await send(later)).toBe(204);
    await expect.poll(() => receiver.booked, { timeout: 10_000 }).toContain(later.id);
    return receiver.booked.filter((booked) => booked === id).length;
  }

  it.each(CONTRACT)("%s", async (_name, make, status, bookings) => {
    const delivery = make();
    expect(await send(delivery)).toBe(status);
    expect(await bookingsOf(delivery.id)).toBe(bookings);
  });

  it("answers 2xx to a repetition, signed afresh over another body, and books nothing again", async () => {
    const first = signed(DOCUMENT, { age: 60 });
    const again = signed({ ...DOCUMENT, timestamp: "2026-11-26T10:00:00.000Z" }, { id: first.id });
    expect([await send(first), await send(first), await send(again)]).toEqual([204, 204, 204]);
    expect(await bookingsOf(first.id)).toBe(1);
  });

  it("books once what comes many times at the same time", async () => {
    const id = randomUUID();
    const deliveries = Array.from({ length: 40 }, () => signed(DOCUMENT, { id }));
    const answers = await Promise.all(deliveries.map(send));
    expect(answers).toEqual(answers.map(() => 204));
    expect(await bookingsOf(id)).toBe(1);
  });

  it("books a document of which a forgery came first", async () => {
    const id = randomUUID();
    expect(await send(signed(DOCUMENT, { id, secrets: [UNKNOWN] }))).toBe(401);
    expect(await send(signed(DOCUMENT, { id }))).toBe(204);
    expect(await bookingsOf(id)).toBe(1);
  });

  it("refuses a body that is too large by its announced length, without waiting for it", async () => {
    expect(
      await firstLine(receiver.port, `POST / HTTP/1.1\r\nhost: erp\r\ncontent-length: ${1024 * MIB}\r\n\r\n`),
    ).toMatch(/^HTTP\/1\.[01] 413 /);
  });

  it("refuses a body whose length is not announced", async () => {
    expect(await firstLine(receiver.port, "POST / HTTP/1.1\r\nhost: erp\r\n\r\n")).toMatch(/^HTTP\/1\.[01] 411 /);
    const chunked = "POST / HTTP/1.1\r\nhost: erp\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n";
    expect(await firstLine(receiver.port, chunked)).toMatch(/^HTTP\/1\.[01] 411 /);
  });

  it("answers other methods with 405", async () => {
    expect((await fetch(receiver.url)).status).toBe(405);
  });

  it("is not brought down by endless nesting", async () => {
    expect([204, 400]).toContain(await send(signed(`{"data":${"[".repeat(100_000)}${"]".repeat(100_000)}}`)));
    const next = signed();
    expect(await send(next)).toBe(204);
    expect(await bookingsOf(next.id)).toBe(1);
  });

  it("takes what erp-pusher delivers, and its redelivery, once", async () => {
    const documentId = randomUUID();
    const erp = { url: receiver.url, secret: NEW };
    const extraction = { document_number: "RE-1", vendor: "Müller & Søn" };
    expect(await pushToErp(erp, documentId, extraction)).toMatchObject({ result: "delivered", erp_http_status: 204 });
    expect(await pushToErp(erp, documentId, extraction)).toMatchObject({ result: "delivered", erp_http_status: 204 });
    expect(await bookingsOf(documentId)).toBe(1);
  });

  it("says erp-pusher a final no when the secrets differ", async () => {
    const documentId = randomUUID();
    const outcome = await pushToErp({ url: receiver.url, secret: UNKNOWN }, documentId, {});
    expect(outcome).toMatchObject({ result: "undeliverable", erp_http_status: 401 });
    expect(await bookingsOf(documentId)).toBe(0);
  });

  it.each([
    ["without a secret", undefined],
    ["with one that is not base64", `whsec_${"!".repeat(32)}`],
    ["with one that lacks its prefix", NEW.slice("whsec_".length)],
    ["with a good and a bad one", `${NEW} whsec_c2hvcnQ=`],
  ])("does not start %s, and does not print it", async (_name, webhookSecret) => {
    const { exitCode, output } = await runToItsEnd(program, webhookSecret);
    expect(exitCode).toBeGreaterThan(0);
    expect(output).toContain("WEBHOOK_SECRET");
    for (const secret of (webhookSecret ?? "").split(" ").filter((part) => part !== "")) {
      expect(output).not.toContain(secret);
    }
  });
});

/** Sends `request` on a connection of its own and waits for the first line of the answer. */
function firstLine(port: number, request: string): Promise<string> {
  const answer = Promise.withResolvers<string>();
  const socket = connect(port, "127.0.0.1", () => socket.write(request));
  socket.setTimeout(10_000, () => answer.reject(new Error("no answer")));
  socket.on("error", answer.reject);
  socket.once("data", (data) => answer.resolve(data.toString("latin1").split("\r\n", 1)[0] ?? ""));
  return answer.promise.finally(() => socket.destroy());
}
