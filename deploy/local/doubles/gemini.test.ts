import { createHash } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { type GeminiDouble, startGemini } from "./gemini.ts";
import { asModelSays, sampleFacts } from "./gemini-answer.ts";

// Real: the double itself, over HTTP on loopback, asked with the platform's fetch.

const PDF = Buffer.from("%PDF-1.7 a few bytes");
const KEY = "AIza-right";
const saidSchema = z.object({
  candidates: z.array(
    z.object({ finishReason: z.string(), content: z.object({ parts: z.array(z.object({ text: z.string() })) }) }),
  ),
});

let gemini: GeminiDouble;
beforeAll(async () => {
  gemini = await startGemini({ apiKey: KEY });
});
afterAll(() => gemini[Symbol.asyncDispose]());

let seenBefore = 0;
beforeEach(() => {
  seenBefore = gemini.requests.length;
});

function requestBody(data = PDF.toString("base64")): object {
  return {
    systemInstruction: { parts: [{ text: "Read it." }] },
    contents: [{ role: "user", parts: [{ inlineData: { mimeType: "application/pdf", data } }, { text: "Please." }] }],
    generationConfig: { responseMimeType: "application/json", responseJsonSchema: { type: "object" } },
    store: false,
  };
}

function ask(options: { key?: string; path?: string; body?: unknown; method?: string } = {}): Promise<Response> {
  const method = options.method ?? "POST";
  return fetch(gemini.url + (options.path ?? "/v1beta/models/gemini-2.5-flash:generateContent"), {
    method,
    headers: { "content-type": "application/json", "x-goog-api-key": options.key ?? KEY },
    redirect: "manual",
    ...(method === "POST" && { body: JSON.stringify(options.body ?? requestBody()) }),
  });
}

async function textOf(response: Response): Promise<string> {
  const { candidates } = saidSchema.parse(await response.json());
  return (candidates[0]?.content.parts ?? []).map((part) => part.text).join("");
}

describe("startGemini", () => {
  it("answers with facts, and remembers of the document its digest and size", async () => {
    const response = await ask();
    expect(response.status).toBe(200);
    const said: unknown = JSON.parse(await textOf(response));
    expect(said).toEqual(asModelSays(sampleFacts));
    expect(gemini.requests.at(-1)).toEqual({
      model: "gemini-2.5-flash",
      keyAccepted: true,
      mimeType: "application/pdf",
      sizeBytes: PDF.byteLength,
      sha256: createHash("sha256").update(PDF).digest("hex"),
      store: false,
      responseJsonSchema: { type: "object" },
      instructions: "Read it.\nPlease.",
      keyIn: ["header"],
    });
    expect(JSON.stringify(gemini.requests)).not.toContain(PDF.toString("base64"));
  });

  function askOther(other: GeminiDouble, query = ""): Promise<Response> {
    return fetch(`${other.url}/v1beta/models/m:generateContent${query}`, {
      method: "POST",
      headers: { "x-goog-api-key": "any-key" },
      body: JSON.stringify(requestBody()),
    });
  }

  it("says the facts it was started with, the tenant's fields by name", async () => {
    const extra = [{ name: "cost_centre", value: "4711" }];
    await using other = await startGemini({ facts: { ...sampleFacts, document_number: "MINE", extra } });
    const said = await textOf(await askOther(other));
    expect(said).toContain('"document_number":"MINE"');
    expect(said).toContain('"extra":{"cost_centre":"4711"}');
  });

  it("answers by what it sees of a request, once nothing is scripted", async () => {
    const sha256 = createHash("sha256").update(PDF).digest("hex");
    await using other = await startGemini({
      answer: (request) => (request.sha256 === sha256 ? { status: 503 } : undefined),
    });
    other.script({ status: 500 });
    expect((await askOther(other)).status).toBe(500);
    expect((await askOther(other)).status).toBe(503);
  });

  it("notices a key that is not only in the header", async () => {
    await using other = await startGemini();
    await askOther(other, "?key=any-key");
    expect(other.requests.at(-1)?.keyIn).toEqual(["header", "url"]);
  });

  it.each([
    ["a wrong key", { key: "AIza-wrong" }, 400],
    ["an unknown path", { path: "/v1/models/m:generateContent" }, 404],
    ["another method", { method: "GET" }, 405],
    ["no document", { body: { contents: [{ parts: [{ text: "hello" }] }] } }, 400],
    ["a document that is not base64", { body: requestBody("@@@") }, 400],
    ["no request at all", { body: "hello" }, 400],
  ])("refuses %s as Google does", async (_what, request, status) => {
    const response = await ask(request);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error: { code: status, message: expect.any(String) } });
  });

  it("answers as scripted, once for each script, in order, and behaves again afterwards", async () => {
    gemini.script({ status: 429, retryDelay: "45.8s", quotaId: "GenerateRequestsPerDayPerProject" }, { status: 503 });
    const first = await ask();
    expect(first.status).toBe(429);
    expect(await first.json()).toMatchObject({
      error: {
        details: [
          { "@type": "type.googleapis.com/google.rpc.QuotaFailure", violations: [{ quotaId: expect.any(String) }] },
          { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "45.8s" },
        ],
      },
    });
    expect((await ask()).status).toBe(503);
    expect((await ask()).status).toBe(200);
  });

  it("redirects, when told to", async () => {
    gemini.script({ redirectTo: "https://elsewhere.example/" });
    const response = await ask();
    expect(response.status).toBe(307);
    expect(response.headers.get("location")).toBe("https://elsewhere.example/");
  });

  it("says what it is told to say: a reason, parts, half an answer, no candidate, no JSON", async () => {
    gemini.script(
      { finishReason: "MAX_TOKENS", cutAt: 20 },
      { parts: [{ text: "hm", thought: true }, { text: "{}" }] },
      { noCandidates: true, blockReason: "SAFETY" },
      { rawBody: "<html>" },
    );
    const cut: unknown = await (await ask()).json();
    expect(cut).toMatchObject({ candidates: [{ finishReason: "MAX_TOKENS" }] });
    expect(
      saidSchema
        .parse(cut)
        .candidates[0]?.content.parts.map((part) => part.text)
        .join(""),
    ).toHaveLength(20);
    expect(await (await ask()).json()).toMatchObject({
      candidates: [{ content: { parts: [{ text: "hm", thought: true }, { text: "{}" }] } }],
    });
    const blocked: unknown = await (await ask()).json();
    expect(blocked).toMatchObject({ promptFeedback: { blockReason: "SAFETY" } });
    expect(blocked).not.toHaveProperty("candidates");
    expect(await (await ask()).text()).toBe("<html>");
  });

  it.each(["before_body", "after_body", "during_answer"] as const)("cuts the connection %s", async (drop) => {
    gemini.script({ drop });
    await expect(ask().then((response) => response.text())).rejects.toThrow();
    expect(gemini.requests.length - seenBefore).toBe(drop === "before_body" ? 0 : 1);
  });

  it("waits before its headers and before its body as long as it is told to", async () => {
    const headers = Promise.withResolvers<void>();
    const body = Promise.withResolvers<void>();
    gemini.script({ delayHeaders: headers.promise, delayBody: body.promise });
    let answered = false;
    const asked = ask().then((response) => {
      answered = true;
      return response;
    });
    await expect.poll(() => gemini.requests.length, { timeout: 20_000 }).toBe(seenBefore + 1);
    expect(answered).toBe(false);
    headers.resolve();
    const response = await asked;
    body.resolve();
    expect(await textOf(response)).toContain("INV-20931");
  });

  it("stops although a request is held", async () => {
    const stopping = await startGemini();
    stopping.script({ delayHeaders: new Promise(() => {}) });
    const held = fetch(`${stopping.url}/v1beta/models/m:generateContent`, {
      method: "POST",
      headers: { "x-goog-api-key": "any" },
      body: JSON.stringify(requestBody()),
    });
    const ended = expect(held).rejects.toThrow();
    await expect.poll(() => stopping.requests.length, { timeout: 20_000 }).toBe(1);
    await stopping[Symbol.asyncDispose]();
    await ended;
  });
});
