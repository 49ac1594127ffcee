import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { GhostBytes } from "@flowstate/ghost";
import { startGemini } from "@flowstate/local/doubles/gemini.ts";
import { isZeroed } from "@flowstate/local/testing/zeroed.ts";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { base64Length } from "./base64.ts";
import { DOCUMENT_PLACEHOLDER, PIECE_BYTES } from "./splice-document.ts";
import { GeminiTransport } from "./transport.ts";

// Real: undici, HTTP over loopback, the replaced global fetch. Doubled: Gemini; the SDK is a call of fetch here.

afterEach(() => vi.restoreAllMocks());

const PATH = "/v1beta/models/gemini-2.5-flash:generateContent";
const PDF = Buffer.from("%PDF-1.7 a document of a few bytes");

const requestJson = JSON.stringify({
  contents: [{ parts: [{ inlineData: { mimeType: "application/pdf", data: DOCUMENT_PLACEHOLDER } }] }],
  store: false,
});

/** Calls the global fetch as the SDK does. */
async function post(url: string): Promise<unknown> {
  const response = await fetch(url, {
    method: "POST",
    headers: new Headers({ "content-type": "application/json", "x-goog-api-key": "test-key" }),
    body: requestJson,
  });
  return await response.json();
}

function document(options: { signal?: AbortSignal; timeoutMs?: number } = {}) {
  const content = GhostBytes.withCapacity(PDF.byteLength);
  content.append(PDF);
  return { content, signal: options.signal ?? new AbortController().signal, timeoutMs: options.timeoutMs ?? 10_000 };
}

/** The memory in which the base64 of requests is made: still there when it is wiped. */
function watchBodies(documentBytes = PDF.byteLength): Buffer[] {
  const bodies: Buffer[] = [];
  const allocate = Buffer.allocUnsafeSlow.bind(Buffer);
  vi.spyOn(Buffer, "allocUnsafeSlow").mockImplementation((size) => {
    const body = allocate(size);
    if (size === base64Length(documentBytes)) bodies.push(body);
    return body;
  });
  return bodies;
}

describe("GeminiTransport", () => {
  it("moves the document as it is and gives back the answer's JSON", async () => {
    await using gemini = await startGemini();
    await using transport = new GeminiTransport(new URL(gemini.url));
    using _installed = transport.install();
    const carried = await transport.carry(document(), () => post(gemini.url + PATH));
    expect(carried).toMatchObject({ result: "answered", value: { candidates: [{ finishReason: "STOP" }] } });
    expect(gemini.requests).toMatchObject([{ sizeBytes: PDF.byteLength, keyAccepted: true, store: false }]);
  });

  it.each([
    ["a success", {}],
    ["an error status", { status: 503 }],
    ["a lost connection", { drop: "after_body" }],
    ["an answer that breaks off", { drop: "during_answer" }],
    ["an answer that is no JSON", { rawBody: "<html>" }],
  ] as const)("wipes the request's body after %s", async (_what, script) => {
    const bodies = watchBodies();
    await using gemini = await startGemini();
    gemini.script(script);
    await using transport = new GeminiTransport(new URL(gemini.url));
    using _installed = transport.install();
    await transport.carry(document(), () => post(gemini.url + PATH));
    expect(bodies).toHaveLength(1);
    expect(bodies.every(isZeroed)).toBe(true);
  });

  it.each([
    [{ status: 503 }, { kind: "status", status: 503 }],
    [{ status: 403 }, { kind: "status", status: 403 }],
    [{ status: 429 }, { kind: "status", status: 429 }],
    [
      { status: 429, retryDelay: "3s" },
      { kind: "status", status: 429, retryAfterMs: 3_000 },
    ],
    [
      { status: 429, quotaId: "RequestsPerDay" },
      { kind: "status", status: 429, dailyQuota: true },
    ],
    [
      { status: 429, retryDelay: "3s", message: "x".repeat(70_000) },
      { kind: "status", status: 429 },
    ],
    [{ drop: "before_body" }, { kind: "network" }],
    [{ drop: "after_body" }, { kind: "network" }],
    [{ drop: "during_answer" }, { kind: "network" }],
    [{ rawBody: "{" }, { kind: "answer_malformed" }],
    [{ rawBody: "huge" }, { kind: "answer_too_large" }],
  ] as const)("reports %j as %j", async (script, fault) => {
    await using gemini = await startGemini();
    gemini.script(script);
    await using transport = new GeminiTransport(new URL(gemini.url));
    using _installed = transport.install();
    expect(await transport.carry(document(), () => post(gemini.url + PATH))).toEqual({ result: "failed", fault });
  });

  it("follows no redirect: neither the key nor the document reaches the other place", async () => {
    await using gemini = await startGemini();
    await using elsewhere = await startGemini();
    gemini.script({ redirectTo: elsewhere.url + PATH });
    await using transport = new GeminiTransport(new URL(gemini.url));
    using _installed = transport.install();
    const carried = await transport.carry(document(), () => post(gemini.url + PATH));
    expect(carried).toEqual({ result: "failed", fault: { kind: "status", status: 307 } });
    expect(elsewhere.connections).toBe(0);
  });

  it("refuses every origin but its own, and every fetch that carries no document", async () => {
    await using gemini = await startGemini();
    await using elsewhere = await startGemini();
    await using transport = new GeminiTransport(new URL(gemini.url));
    using _installed = transport.install();
    await expect(transport.carry(document(), () => post(elsewhere.url + PATH))).rejects.toThrow(
      "configured origin only",
    );
    await expect(fetch(gemini.url)).rejects.toThrow("nothing but documents");
    expect(elsewhere.connections + gemini.connections).toBe(0);
  });

  it.each(["delayHeaders", "delayBody"] as const)("times out while it waits (%s)", async (delay) => {
    const bodies = watchBodies();
    await using gemini = await startGemini();
    gemini.script({ [delay]: new Promise(() => {}) });
    await using transport = new GeminiTransport(new URL(gemini.url));
    using _installed = transport.install();
    const carried = await transport.carry(document({ timeoutMs: 200 }), () => post(gemini.url + PATH));
    expect(carried).toEqual({ result: "failed", fault: { kind: "timeout" } });
    expect(bodies.map(isZeroed)).toEqual([true]);
  });

  it("stops when the caller does", async () => {
    const bodies = watchBodies();
    await using gemini = await startGemini();
    const caller = new AbortController();
    gemini.script({ delayHeaders: new Promise(() => {}) });
    await using transport = new GeminiTransport(new URL(gemini.url));
    using _installed = transport.install();
    const carrying = transport.carry(document({ signal: caller.signal }), () => post(gemini.url + PATH));
    await vi.waitFor(() => expect(gemini.requests).toHaveLength(1), { timeout: 20_000 });
    caller.abort();
    expect(await carrying).toEqual({ result: "failed", fault: { kind: "aborted" } });
    expect(bodies.map(isZeroed)).toEqual([true]);
  });

  it("sends nothing for a caller that is gone already", async () => {
    await using gemini = await startGemini();
    await using transport = new GeminiTransport(new URL(gemini.url));
    using _installed = transport.install();
    const gone = document({ signal: AbortSignal.abort() });
    expect(await transport.carry(gone, () => post(gemini.url + PATH))).toEqual({
      result: "failed",
      fault: { kind: "aborted" },
    });
    expect(gemini.attempts).toBe(0);
  });

  it("reports a place where nobody listens as a network fault", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, "close");
    const origin = `http://127.0.0.1:${port}`;
    await using transport = new GeminiTransport(new URL(origin));
    using _installed = transport.install();
    expect(await transport.carry(document(), () => post(origin + PATH))).toEqual({
      result: "failed",
      fault: { kind: "network" },
    });
  });

  it("brings a document over as it is though the other side reads slowly", async () => {
    const arrived: Buffer[] = [];
    const server = createServer(async (incoming, response) => {
      for await (const piece of incoming) {
        arrived.push(piece);
        if (arrived.length % 20 === 1) await new Promise((resolve) => setTimeout(resolve, 5));
      }
      response.end("{}");
    }).listen(0, "127.0.0.1");
    onTestFinished(() => void server.close());
    await once(server, "listening");
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await using transport = new GeminiTransport(new URL(origin));
    using _installed = transport.install();
    // Of 60 pieces each is made in the memory of the one before: none may be made over one that is not written yet.
    const large = randomBytes(60 * PIECE_BYTES);
    using content = GhostBytes.growing();
    content.append(large);
    await transport.carry({ ...document(), content }, () => post(origin + PATH));
    const { contents } = JSON.parse(Buffer.concat(arrived).toString("utf8"));
    expect(contents[0].parts[0].inlineData.data === large.toString("base64")).toBe(true);
  });

  it("hears an answer that does not wait for the document, and wipes what it had made of it", async () => {
    const server = createServer((_incoming, response) => void response.writeHead(429).end("{}")).listen(0, "127.0.0.1");
    onTestFinished(() => server.closeAllConnections());
    onTestFinished(() => void server.close());
    await once(server, "listening");
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await using transport = new GeminiTransport(new URL(origin));
    using _installed = transport.install();
    using content = GhostBytes.taking(randomBytes(100 * PIECE_BYTES));
    const pieces = watchBodies(PIECE_BYTES);
    const carried = await transport.carry({ ...document(), content }, () => post(origin + PATH));
    expect(carried).toEqual({ result: "failed", fault: { kind: "status", status: 429 } });
    expect(pieces.map(isZeroed)).toEqual([true]);
    // Nor does it come back when the connection that carried it ends.
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(pieces.map(isZeroed)).toEqual([true]);
  });

  it("keeps the documents of calls that run at the same time apart", async () => {
    await using gemini = await startGemini();
    await using transport = new GeminiTransport(new URL(gemini.url));
    using _installed = transport.install();
    const sizes = [10, 200, 3_000, 40_000];
    await Promise.all(
      sizes.map((size) =>
        transport.carry({ ...document(), content: GhostBytes.taking(Buffer.alloc(size, 1)) }, () =>
          post(gemini.url + PATH),
        ),
      ),
    );
    expect(gemini.requests.map((request) => request.sizeBytes).sort((a, b) => a - b)).toEqual(sizes);
  });
});
