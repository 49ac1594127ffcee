import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { ATTEMPT_OFFSETS_MS, buildMail, type Mail, SendGrid, sendMail } from "./sendgrid.ts";

// Real: HTTP over loopback. Doubled: ingest, by a server that answers as each test says; the queue's clock.

/** A label longer than DNS allows: the resolver refuses it without asking anyone. */
const UNRESOLVABLE = `http://${"a".repeat(64)}.invalid`;

const MAIL: Mail = {
  from: "billing@supplier.example",
  to: "in@acme.example",
  messageId: "1@supplier.example",
  documents: [{ filename: "invoice.pdf", bytes: Buffer.alloc(300_000, "x") }],
};

interface Seen {
  readonly url: string | undefined;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

/** In place of a status: the request is read and never answered. */
const SILENCE = -1;

/** Answers each request with the next status; the last one repeats. 0 cuts the connection. */
async function startIngest(...statuses: readonly number[]) {
  const seen: Seen[] = [];
  let aborted = 0;
  const answers = [...statuses];
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await buffer(request);
    seen.push({ url: request.url, headers: request.headers, body });
    const status = (answers.length > 1 ? answers.shift() : answers[0]) ?? 200;
    if (status === SILENCE) return;
    if (status === 0) return void request.socket.destroy();
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify({ status }));
  };
  const server = createServer((request, response) => {
    answer(request, response).catch(() => {
      aborted += 1;
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    get aborted() {
      return aborted;
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

describe("sendMail", () => {
  it("posts the mail to the webhook and gives the answer back", async () => {
    await using ingest = await startIngest(200);
    const answer = await sendMail({ ...MAIL, url: ingest.url, apiKey: "key" });
    expect(answer).toMatchObject({
      status: 200,
      body: { status: 200 },
      headers: { "content-type": "application/json" },
    });
    expect(ingest.seen[0]?.url).toBe("/webhooks/sendgrid");
    expect(ingest.seen[0]?.headers).toMatchObject({
      "content-type": "multipart/form-data; boundary=xYzZY",
      "content-length": String(ingest.seen[0]?.body.byteLength),
      "x-api-key": "key",
    });
  });

  it("sends no key unless it has one, and does not follow redirects", async () => {
    await using ingest = await startIngest(302);
    expect((await sendMail({ ...MAIL, url: ingest.url })).status).toBe(302);
    expect(ingest.seen).toHaveLength(1);
    expect(ingest.seen[0]?.headers["x-api-key"]).toBeUndefined();
  });

  it("can send chunked, in small pieces, as slowly as asked", async () => {
    await using ingest = await startIngest(200);
    const offsets: number[] = [];
    const beforePiece = async (offset: number) => void offsets.push(offset);
    await sendMail({ ...MAIL, url: ingest.url, upload: { chunked: true, pieceBytes: 100_000, beforePiece } });
    expect(ingest.seen[0]?.headers["transfer-encoding"]).toBe("chunked");
    expect(ingest.seen[0]?.headers["content-length"]).toBeUndefined();
    expect(ingest.seen[0]?.body.includes(Buffer.alloc(300_000, "x"))).toBe(true);
    expect(offsets).toEqual([0, 100_000, 200_000, 300_000]);
  });

  it("can break the upload off at an offset", async () => {
    await using ingest = await startIngest(200);
    await expect(sendMail({ ...MAIL, url: ingest.url, upload: { abortAfterBytes: 150_000 } })).rejects.toMatchObject({
      name: "NoAnswerError",
      reason: "aborted",
    });
    await expect.poll(() => ingest.aborted).toBe(1);
    expect(ingest.seen).toEqual([]);
  });

  it("tells a lost connection from an unknown host", async () => {
    await using ingest = await startIngest(0);
    await expect(sendMail({ ...MAIL, url: ingest.url })).rejects.toMatchObject({ reason: "connection" });
    await expect(sendMail({ ...MAIL, url: UNRESOLVABLE })).rejects.toMatchObject({ reason: "dns" });
  });
});

describe("SendGrid's schedule", () => {
  it("is 33 attempts within 72 hours", () => {
    expect(ATTEMPT_OFFSETS_MS).toHaveLength(33);
    expect(ATTEMPT_OFFSETS_MS.slice(0, 11).map((offset) => offset / 60_000)).toEqual([
      0, 5, 10, 15, 20, 25, 35, 50, 80, 140, 320,
    ]);
    expect(ATTEMPT_OFFSETS_MS.at(-1)).toBeLessThanOrEqual(72 * 3_600_000);
  });
});

describe("SendGrid", () => {
  /** A clock that passes at once and remembers what it was asked. */
  function clock() {
    const waited: number[] = [];
    return { waited, sleep: async (milliseconds: number) => void waited.push(milliseconds / 60_000) };
  }

  it("is done after a 2xx", async () => {
    await using ingest = await startIngest(200);
    await using sendgrid = new SendGrid({ url: ingest.url, ...clock() });
    const fate = await sendgrid.send(MAIL);
    expect(fate).toEqual({ fate: "accepted", attempts: 1, status: 200, body: { status: 200 }, statuses: [200] });
    expect(sendgrid.history).toEqual([fate]);
  });

  it("posts the same bytes again after 5xx and lost connections, on its schedule, until 2xx", async () => {
    await using ingest = await startIngest(503, 500, 0, 200);
    const { waited, sleep } = clock();
    await using sendgrid = new SendGrid({ url: ingest.url, sleep });
    const fate = await sendgrid.send(MAIL);
    expect(fate).toMatchObject({ fate: "accepted", attempts: 4, statuses: [503, 500, undefined, 200] });
    expect(waited).toEqual([5, 5, 5]);
    const { body } = buildMail(MAIL);
    expect(new Set(ingest.seen.map((seen) => seen.body.toString("latin1"))).size).toBe(1);
    expect(ingest.seen[0]?.body.byteLength).toBe(body.byteLength);
  });

  it("takes a mail for unanswered when its limit has passed, and posts it again", async () => {
    await using ingest = await startIngest(SILENCE, 200);
    await using sendgrid = new SendGrid({ url: ingest.url, attemptLimitMs: 50, ...clock() });
    expect(await sendgrid.send(MAIL)).toMatchObject({ fate: "accepted", statuses: [undefined, 200] });
  });

  it.each([301, 400, 401, 404, 413, 429])("drops a mail at once after %i", async (status) => {
    await using ingest = await startIngest(status);
    await using sendgrid = new SendGrid({ url: ingest.url, ...clock() });
    expect(await sendgrid.send(MAIL)).toMatchObject({ fate: "dropped", attempts: 1, status });
  });

  it("drops a mail whose host does not resolve", async () => {
    await using sendgrid = new SendGrid({ url: UNRESOLVABLE, ...clock() });
    expect(await sendgrid.send(MAIL)).toMatchObject({ fate: "dropped", attempts: 1, status: undefined });
  });

  it("gives up after 33 attempts", async () => {
    await using ingest = await startIngest(503);
    const { waited, sleep } = clock();
    await using sendgrid = new SendGrid({ url: ingest.url, sleep });
    expect(await sendgrid.send({ ...MAIL, documents: [] })).toMatchObject({
      fate: "expired",
      attempts: 33,
      status: 503,
    });
    expect(waited.reduce((sum, minutes) => sum + minutes, 0)).toBe((ATTEMPT_OFFSETS_MS.at(-1) ?? 0) / 60_000);
  });

  it("keeps its schedule on a faster clock", async () => {
    await using ingest = await startIngest(503, 200);
    await using sendgrid = new SendGrid({ url: ingest.url, timeScale: 1_000_000 });
    expect(await sendgrid.send(MAIL)).toMatchObject({ fate: "accepted", attempts: 2 });
  });

  it("ends waiting mails as stopped when it is disposed", async () => {
    await using ingest = await startIngest(503);
    const sendgrid = new SendGrid({ url: ingest.url });
    const sending = sendgrid.send(MAIL);
    await expect.poll(() => ingest.seen.length).toBe(1);
    await sendgrid[Symbol.asyncDispose]();
    expect(await sending).toMatchObject({ fate: "stopped", attempts: 1 });
  });
});
