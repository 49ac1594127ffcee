// Real: ingest with its HTTP server, nats-server, sealed transfers, stream, ledger; the memory that content was written to,
// looked at through views that outlive it. Doubled: extractor and erp-pusher are scripted functions; bodies are written out
// here byte by byte.
import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { type NatsServer, startNatsServer } from "@flowstate/local/servers/nats-server.ts";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { Pace, YIELD_EVERY_BYTES } from "./receive/mime/pace.ts";
import { API_KEY, DELIVERED, EXTRACTION, IngestRig, MAX_UPLOAD_BYTES } from "./testing/ingest-rig.ts";
import { RetainedMemory } from "./testing/retained-memory.ts";

const MIB = 1024 * 1024;
const MAX_MAIL_BYTES = 2 * MIB;
/** More than a mail may have, and more than sockets buffer; within what is drained. */
const SENT_ANYWAY_BYTES = 3.5 * MIB;
/** What every mail here carries where content may be; nothing of it may be in a log line. */
const CANARY = "canary-4711";
/** The keys that a log line has besides those of `LogFields`. */
const LINE_FRAME = ["level", "time", "service", "event", "error", "at", "trace_id", "span_id"];
const LOGGED_FIELDS = [
  "mail_id",
  "document_id",
  "tenant_id",
  "stage",
  "code",
  "end",
  "size_bytes",
  "duration_ms",
  "measure",
  "holds",
  "transfer_id",
  "peer",
  "route",
  "url",
  "instance",
  "documents",
  "events",
  "attempts",
  "wiped_bytes",
];

let broker: NatsServer;
let rig: IngestRig;
let memory: RetainedMemory;

beforeAll(async () => {
  broker = await startNatsServer({});
});
afterAll(() => broker[Symbol.asyncDispose]());
beforeEach(async () => {
  rig = await IngestRig.start(broker, { MAX_MAIL_BYTES: String(MAX_MAIL_BYTES) });
  memory = new RetainedMemory();
});
afterEach(async () => {
  memory[Symbol.dispose]();
  await rig[Symbol.asyncDispose]();
});

function part(head: string, body: string | Buffer, boundary: string): Buffer {
  return Buffer.concat([Buffer.from(`--${boundary}\r\n${head}\r\n\r\n`), Buffer.from(body), Buffer.from("\r\n")]);
}

const aPdf = (bytes: number) => Buffer.concat([Buffer.from(`%PDF-1.7\n${CANARY}`), Buffer.alloc(bytes, CANARY)]);
const field = (name: string) => `Content-Disposition: form-data; name="${name}"`;
const file = (name = "attachment1") => `${field(name)}; filename="${CANARY}.pdf"\r\nContent-Type: application/pdf`;
const fields = (boundary: string) => [
  part(field("headers"), `Subject: ${CANARY}\r\nMessage-ID: <${CANARY}-${Math.random()}@x>`, boundary),
  part(field("envelope"), `{"to":["in@acme.example"],"from":"${CANARY}@supplier.example"}`, boundary),
  part(field("text"), CANARY, boundary),
];

function mailOf(parts: readonly Buffer[], boundary = "xYzZY"): Buffer {
  return Buffer.concat([...fields(boundary), ...parts, Buffer.from(`--${boundary}--\r\n`)]);
}

async function post(body: Buffer, boundary = "xYzZY"): Promise<{ status: number; body: unknown }> {
  const response = await fetch(rig.urlOf("/webhooks/sendgrid"), {
    method: "POST",
    headers: { "x-api-key": API_KEY, "content-type": `multipart/form-data; boundary=${boundary}` },
    body: Buffer.from(body),
  });
  return { status: response.status, body: await response.json() };
}

/** Nothing of a mail is left, the process goes on, and what it logged is what may be logged. */
async function expectCleanAndAlive(): Promise<void> {
  expect((await fetch(rig.urlOf("/livez"))).status).toBe(200);
  await expect.poll(() => memory.leftBytes).toBe(0);
  const lines = rig.logLines.join("");
  expect(lines).not.toContain(CANARY);
  for (const line of rig.logLines) {
    const unknown = Object.keys(JSON.parse(line)).filter((key) => ![...LINE_FRAME, ...LOGGED_FIELDS].includes(key));
    expect(unknown).toEqual([]);
  }
  expect((await post(mailOf([part(file(), aPdf(1_000), "xYzZY")]))).status).toBe(200);
  // The watch saw something: what would have been left, it would have found.
  expect(memory.pieces).toBeGreaterThan(0);
}

describe("a hostile mail", () => {
  it.each<[string, number, string, () => Buffer, string?]>([
    ["over the limit of a mail", 413, "payload_too_large", () => mailOf([part(file(), aPdf(MAX_MAIL_BYTES), "xYzZY")])],
    [
      "with a PDF over its limit",
      413,
      "payload_too_large",
      () => mailOf([part(file(), aPdf(MAX_UPLOAD_BYTES), "xYzZY")]),
    ],
    [
      "with ten thousand parts",
      413,
      "payload_too_large",
      () => mailOf(Array.from({ length: 10_000 }, (_, n) => part(file(`attachment${n}`), "%PDF-", "xYzZY"))),
    ],
    [
      "that breaks off in a document",
      400,
      "malformed_request",
      () => mailOf([part(file(), aPdf(90_000), "xYzZY")]).subarray(0, -20),
    ],
    ["with a damaged header", 400, "malformed_request", () => mailOf([part(`${file()}\r\nX`, aPdf(90_000), "xYzZY")])],
    ["with a boundary of 257 bytes", 400, "malformed_request", () => mailOf([], "b".repeat(257)), "b".repeat(257)],
  ])("%s is answered %i, and leaves nothing", async (_name, status, error, body, boundary = "xYzZY") => {
    expect(await post(Buffer.from(body()), boundary)).toEqual({ status, body: { error } });
    expect(rig.extractions).toEqual([]);
    await expectCleanAndAlive();
  });

  it.each<[string, string, string]>([
    ["with a boundary of 252 bytes", "b".repeat(252), file()],
    ["with a header named __proto__", "xYzZY", `__proto__: ${CANARY}\r\nconstructor: x\r\n${file()}`],
    ["with fields named __proto__ and toString", "xYzZY", file()],
    ["with sixty headers in a part", "xYzZY", `${`X-Filler: ${CANARY}\r\n`.repeat(60)}${file()}`],
  ])("%s is a mail like any other, and leaves nothing", async (_name, boundary, head) => {
    const strange = ["__proto__", "toString"].map((name) => part(field(name), CANARY, boundary));
    const answer = await post(mailOf([...strange, part(head, aPdf(50_000), boundary)], boundary), boundary);
    expect(answer).toMatchObject({ status: 200, body: { documents: [{ status: "delivered" }] } });
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    await expectCleanAndAlive();
  });

  it("that is aborted at any of ten places leaves nothing", async () => {
    const body = mailOf([part(file(), aPdf(150_000), "xYzZY"), part(file("attachment2"), aPdf(90_000), "xYzZY")]);
    const { port } = rig.urlOf("/");
    for (let n = 0; n < 10; n += 1) {
      const socket = connect(Number(port), "127.0.0.1");
      socket.on("error", () => {});
      socket.write(
        `POST /webhooks/sendgrid HTTP/1.1\r\nHost: x\r\nX-API-Key: ${API_KEY}\r\nContent-Type: multipart/form-data; boundary=xYzZY\r\nContent-Length: ${body.length}\r\n\r\n`,
      );
      await new Promise((resolve) => socket.write(body.subarray(0, Math.round((body.length * n) / 10) + 1), resolve));
      await sleep(20);
      socket.destroy();
      await once(socket, "close");
    }
    await expectCleanAndAlive();
    expect(rig.extractions).toHaveLength(1);
  });
});

describe("a mail with forwarded messages", () => {
  const eml = (document: Buffer) =>
    `Message-ID: <i@x>\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n${document.toString("base64")}`;
  const message = (n: number, body: string) =>
    part(`${field(`attachment${n}`)}; filename="f.eml"\r\nContent-Type: message/rfc822`, body, "xYzZY");

  it("is gone from memory before its documents are pushed, messages and all", async () => {
    let left = -1;
    rig.script.push = async () => {
      // What the double of the extractor got lies in this process, too: its extraction is all that may be there now.
      left = memory.leftBytes;
      return DELIVERED;
    };
    const { status } = await post(mailOf([message(1, eml(aPdf(90_000)))]));
    expect(status).toBe(200);
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThan(4 * EXTRACTION.length);
    await expectCleanAndAlive();
  });

  it("does not hold up others, however many it has", async () => {
    const { spend, turn } = Pace.prototype;
    const [spent, sinceTurn]: [number[], number[]] = [[], []];
    let sinceLast = 0;
    vi.spyOn(Pace.prototype, "spend").mockImplementation(function (this: Pace, bytes) {
      spent.push(bytes);
      sinceLast += bytes;
      sinceTurn.push(sinceLast);
      return spend.call(this, bytes);
    });
    vi.spyOn(Pace.prototype, "turn").mockImplementation(async function (this: Pace) {
      await turn.call(this);
      sinceLast = 0;
    });
    const text = `Message-ID: <i@x>\r\n\r\n${"x".repeat(8_000)}\r\n`.padEnd(9_000, "line\r\n");
    await post(mailOf(Array.from({ length: 180 }, (_, n) => message(n, text))));
    vi.restoreAllMocks();
    // Each message is too little for a turn: they have one for what they cost together.
    expect(Math.max(...spent)).toBeLessThan(YIELD_EVERY_BYTES / 4);
    expect(spent.reduce((sum, bytes) => sum + bytes, 0)).toBeGreaterThan(3 * YIELD_EVERY_BYTES);
    expect(Math.max(...sinceTurn)).toBeLessThan(2 * YIELD_EVERY_BYTES);
  });

  it("has the limits of one mail, however many messages its parts and documents are spread over", async () => {
    const parts = Array.from({ length: 120 }, () => "--b\r\n\r\nx\r\n").join("");
    const nested = `Content-Type: multipart/mixed; boundary=b\r\n\r\n${parts}--b--\r\n`;
    expect((await post(mailOf([message(1, nested)]))).status).toBe(200);
    expect((await post(mailOf(Array.from({ length: 9 }, (_, n) => message(n, nested))))).status).toBe(413);
    await expectCleanAndAlive();
  });
});

describe("a connection that is closed in the middle of a mail", () => {
  it("is answered 503 where somebody still reads: the sender has all of it", async () => {
    const body = mailOf([part(file(), aPdf(90_000), "xYzZY")]);
    const socket = connect({ port: Number(rig.urlOf("/").port), host: "127.0.0.1", allowHalfOpen: true });
    socket.end(
      Buffer.concat([
        Buffer.from(
          `POST /webhooks/sendgrid HTTP/1.1\r\nHost: x\r\nX-API-Key: ${API_KEY}\r\nContent-Type: multipart/form-data; boundary=xYzZY\r\nContent-Length: ${body.length}\r\n\r\n`,
        ),
        body.subarray(0, 50_000),
      ]),
    );
    const chunks: Buffer[] = [];
    socket.on("data", (chunk) => chunks.push(chunk));
    await once(socket, "close");
    expect(Buffer.concat(chunks).toString()).toMatch(/^HTTP\/1.1 503 /);
    await expectCleanAndAlive();
  });
});

describe("a client that reads only after it has sent everything", () => {
  it.each([
    ["a wrong key", 401, "wrong", SENT_ANYWAY_BYTES],
    ["too large a mail", 413, API_KEY, SENT_ANYWAY_BYTES],
  ])("gets its answer to %s", async (_name, status, key, bytes) => {
    const socket = connect(Number(rig.urlOf("/").port), "127.0.0.1");
    socket.pause();
    socket.write(
      `POST /webhooks/sendgrid HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-API-Key: ${key}\r\nContent-Type: multipart/form-data; boundary=xYzZY\r\nContent-Length: ${bytes}\r\n\r\n`,
    );
    await new Promise<void>((resolve, reject) => {
      socket.on("error", reject);
      socket.write(Buffer.alloc(bytes, CANARY), () => resolve());
    });
    const chunks: Buffer[] = [];
    socket.on("data", (chunk) => chunks.push(chunk)).resume();
    await once(socket, "close");
    expect(Buffer.concat(chunks).toString()).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  });
});
