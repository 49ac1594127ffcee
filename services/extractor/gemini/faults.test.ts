import { type ScriptedAnswer, startGemini } from "@flowstate/local/doubles/gemini.ts";
import { asModelSays, sampleFacts } from "@flowstate/local/doubles/gemini-answer.ts";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { askGemini, KEY } from "./testing/ask-gemini.ts";

// Real: the provider and all below it, the SDK, HTTP over loopback, the time that a request may take. Doubled: Gemini, and
// the time between two requests.

const CANARY = "CANARY-7f31c9d0";
const DOCUMENT = Buffer.from(`%PDF-1.7 (${CANARY}) Tj ${"x".repeat(200)} (${CANARY}) Tj`);
/** Facts with a canary in every kind of value that a model may make up. */
const FACTS = {
  ...sampleFacts,
  document_number: CANARY,
  vendor: { ...sampleFacts.vendor, name: `${CANARY} GmbH`, tax_ids: [] },
  lines: sampleFacts.lines.map((line) => ({ ...line, description: CANARY })),
};
const BROKEN = { ...FACTS, [CANARY]: CANARY, totals: { ...FACTS.totals, gross: CANARY } };
const OK: ScriptedAnswer = { facts: FACTS };
const NEVER = new Promise<never>(() => {});

interface Fault {
  readonly when: string;
  /** What Gemini does, request by request. The last one stands for all that follow. */
  readonly script: readonly ScriptedAnswer[];
  readonly result: "extracted" | "refused" | "deferred";
  readonly code?: string;
  readonly attempts: number;
  /** Milliseconds between the requests. */
  readonly pauses?: readonly number[];
  /** Milliseconds that the document has. */
  readonly remainingMs?: number;
}

const unavailable = { result: "deferred", code: "model_unavailable" } as const;
const unusable = { result: "deferred", code: "model_answer_unusable" } as const;
const refused = { result: "refused", code: "model_refused_document" } as const;
const extracted = { result: "extracted" } as const;
const backoff = [500, 1_000, 2_000];
const message = ` ${CANARY}`;

const FAULTS: readonly Fault[] = [
  // Quotas.
  {
    when: "429, come back in 3 s",
    script: [{ status: 429, retryDelay: "3s", message }, OK],
    ...extracted,
    attempts: 2,
    pauses: [3_500],
  },
  {
    when: "429, come back in 3 s, always",
    script: [{ status: 429, retryDelay: "3s", message }],
    ...unavailable,
    attempts: 4,
    pauses: [3_500, 4_000, 5_000],
  },
  {
    when: "429, come back after the deadline",
    script: [{ status: 429, retryDelay: "45.8s", message }],
    ...unavailable,
    attempts: 1,
  },
  {
    when: "429 without a delay, once",
    script: [{ status: 429, message }, OK],
    ...extracted,
    attempts: 2,
    pauses: [500],
  },
  {
    when: "429 without a delay, always",
    script: [{ status: 429, message }],
    ...unavailable,
    attempts: 4,
    pauses: backoff,
  },
  {
    when: "429, the day's quota",
    script: [{ status: 429, retryDelay: "3s", quotaId: `GenerateRequestsPerDay${CANARY}`, message }],
    ...unavailable,
    attempts: 1,
  },
  {
    when: "429, the minute's quota",
    script: [{ status: 429, retryDelay: "3s", quotaId: "GenerateRequestsPerMinutePerProject" }, OK],
    ...extracted,
    attempts: 2,
    pauses: [3_500],
  },
  // Faults of the service.
  ...[408, 500, 502, 503, 504].flatMap((status): Fault[] => [
    { when: `${status}, once`, script: [{ status, message }, OK], ...extracted, attempts: 2, pauses: [500] },
    { when: `${status}, always`, script: [{ status, message }], ...unavailable, attempts: 4, pauses: backoff },
  ]),
  {
    when: "503 with too little time for a pause",
    script: [{ status: 503 }],
    ...unavailable,
    attempts: 1,
    remainingMs: 2_400,
  },
  ...[400, 401, 403, 404, 413].map(
    (status): Fault => ({ when: `${status}`, script: [{ status, message }], ...unavailable, attempts: 1 }),
  ),
  // Faults of the network.
  ...(["before_body", "after_body", "during_answer"] as const).flatMap((drop): Fault[] => [
    { when: `connection lost ${drop}, once`, script: [{ drop, ...OK }, OK], ...extracted, attempts: 2, pauses: [500] },
    {
      when: `connection lost ${drop}, always`,
      script: [{ drop, ...OK }],
      ...unavailable,
      attempts: 4,
      pauses: backoff,
    },
  ]),
  {
    when: "timeout in the headers, once",
    script: [{ delayHeaders: NEVER, ...OK }, OK],
    ...extracted,
    attempts: 2,
    pauses: [500],
    remainingMs: 3_600,
  },
  {
    when: "timeout in the body, once",
    script: [{ delayBody: NEVER, ...OK }, OK],
    ...extracted,
    attempts: 2,
    pauses: [500],
    remainingMs: 3_600,
  },
  {
    when: "timeout in the headers, always",
    script: [{ delayHeaders: NEVER, ...OK }],
    ...unavailable,
    attempts: 2,
    pauses: [500],
    remainingMs: 2_600,
  },
  {
    when: "timeout in the body, always",
    script: [{ delayBody: NEVER, ...OK }],
    ...unavailable,
    attempts: 2,
    pauses: [500],
    remainingMs: 2_600,
  },
  // Answers.
  {
    when: "an HTTP body cut off, once",
    script: [{ rawBody: `{"candidates":[{"x":"${CANARY}` }, OK],
    ...extracted,
    attempts: 2,
    pauses: [500],
  },
  {
    when: "an HTTP body cut off, always",
    script: [{ rawBody: `{"candidates":[{"x":"${CANARY}` }],
    ...unusable,
    attempts: 4,
    pauses: backoff,
  },
  { when: "an HTTP body without end", script: [{ rawBody: "huge" }], ...unusable, attempts: 1 },
  { when: "truncated JSON, once", script: [{ ...OK, cutAt: 120 }, OK], ...extracted, attempts: 2 },
  { when: "truncated JSON, always", script: [{ ...OK, cutAt: 120 }], ...unusable, attempts: 2 },
  { when: "JSON that breaks the schema, once", script: [{ facts: BROKEN }, OK], ...extracted, attempts: 2 },
  { when: "JSON that breaks the schema, always", script: [{ facts: BROKEN }], ...unusable, attempts: 2 },
  {
    when: "JSON that breaks the schema, then 503, then an answer",
    script: [{ facts: BROKEN }, { status: 503 }, OK],
    ...extracted,
    attempts: 3,
    pauses: [1_000],
  },
  {
    when: "503, then JSON that breaks the schema, then an answer",
    script: [{ status: 503 }, { facts: BROKEN }, OK],
    ...extracted,
    attempts: 3,
    pauses: [500],
  },
  {
    when: "MAX_TOKENS, once",
    script: [{ ...OK, finishReason: "MAX_TOKENS", cutAt: 120 }, OK],
    ...extracted,
    attempts: 2,
  },
  { when: "MAX_TOKENS, always", script: [{ ...OK, finishReason: "MAX_TOKENS", cutAt: 120 }], ...unusable, attempts: 2 },
  {
    when: "MAX_TOKENS with JSON that happens to be whole",
    script: [{ ...OK, finishReason: "MAX_TOKENS" }],
    ...unusable,
    attempts: 2,
  },
  { when: "SAFETY", script: [{ ...OK, finishReason: "SAFETY" }], ...refused, attempts: 1 },
  { when: "RECITATION", script: [{ ...OK, finishReason: "RECITATION" }], ...refused, attempts: 1 },
  { when: "a blocked prompt", script: [{ noCandidates: true, blockReason: CANARY }], ...refused, attempts: 1 },
  { when: "a reason that nobody knows", script: [{ ...OK, finishReason: CANARY }], ...unusable, attempts: 2 },
  { when: "no candidates, once", script: [{ noCandidates: true }, OK], ...extracted, attempts: 2 },
  { when: "no candidates, always", script: [{ noCandidates: true }], ...unusable, attempts: 2 },
  {
    when: "thoughts beside the answer",
    script: [{ parts: [thought(`Is it ${CANARY}?`), { text: JSON.stringify(asModelSays(FACTS)) }, thought("{}")] }],
    ...extracted,
    attempts: 1,
  },
  {
    when: "nothing but thoughts",
    script: [{ parts: [thought(JSON.stringify(asModelSays(FACTS)))] }],
    ...unusable,
    attempts: 2,
  },
  { when: "no fault", script: [OK], ...extracted, attempts: 1 },
];

function thought(text: string) {
  return { text, thought: true };
}

/** What logs and consoles got to see. */
let written: string[];
beforeEach(() => {
  written = [];
  const keep = (...values: unknown[]) => void written.push(values.map(String).join(" "));
  for (const method of ["debug", "info", "log", "warn", "error"] as const)
    vi.spyOn(console, method).mockImplementation(keep);
});
afterEach(() => vi.restoreAllMocks());

/** The base64 of the canary within a longer text, wherever in it the canary begins. */
const CANARY_BASE64 = [0, 1, 2].map((shift) => {
  const encoded = Buffer.from(`${"\0".repeat(shift)}${CANARY}`).toString("base64");
  return encoded.slice(shift === 0 ? 0 : 4, -4);
});

function expectNoLeak(output: string): void {
  for (const secret of [KEY, CANARY, ...CANARY_BASE64]) expect(output).not.toContain(secret);
}

/** The only fields that a line about the model has. */
const FIELDS = [
  "level",
  "time",
  "service",
  "event",
  "provider",
  "model",
  "code",
  "status",
  "finish_reason",
  "attempts",
  "trace_id",
  "span_id",
];

describe("a fault of Gemini", () => {
  it.each(FAULTS)("$when: $result after $attempts", async ({ script, pauses = [], remainingMs, ...expected }) => {
    const always = script.at(-1);
    const asked = await askGemini({
      script: script.slice(0, -1),
      ...(always !== undefined && { always }),
      ...(remainingMs !== undefined && { remainingMs }),
      pdf: DOCUMENT,
    });
    const { answer, lines } = asked;
    expect(answer).toMatchObject(
      expected.result === "extracted"
        ? { result: "extracted", facts: FACTS, model: { attempts: expected.attempts } }
        : { result: expected.result, code: expected.code },
    );
    if (answer.result === "deferred") expect(answer.attempts).toBe(expected.attempts);
    expect(asked.attempts).toBe(expected.attempts);
    expect(asked.pauses).toEqual(pauses);
    // One line for each request that brought no facts.
    const requestLines = lines.filter(({ attempts }) => attempts !== undefined);
    expect(requestLines).toHaveLength(expected.result === "extracted" ? expected.attempts - 1 : expected.attempts);
    expect(Object.keys(Object.assign({}, ...lines)).filter((field) => !FIELDS.includes(field))).toEqual([]);
    expectNoLeak([...lines.map((line) => JSON.stringify(line)), ...written].join("\n"));
  });

  it("is told from the header alone: the key is nowhere else in a request, repeated or not", async () => {
    const { requests } = await askGemini({ script: [{ status: 503 }, { facts: BROKEN }] });
    expect(requests.map(({ keyIn }) => keyIn)).toEqual([["header"], ["header"], ["header"]]);
  });

  it("redirects to another origin in vain: deferred after one request, and nobody there hears of it", async () => {
    await using elsewhere = await startGemini();
    const script: ScriptedAnswer = { redirectTo: `${elsewhere.url}/v1beta/models/gemini-2.5-flash:generateContent` };
    const { answer, attempts, lines } = await askGemini({ always: script, pdf: DOCUMENT });
    expect(answer).toEqual({ ...unavailable, attempts: 1 });
    expect(attempts).toBe(1);
    expect(lines).toMatchObject([{ event: "model.request_rejected", level: 50, status: 307 }]);
    expect(elsewhere.connections).toBe(0);
    expectNoLeak([JSON.stringify(lines), ...written].join("\n"));
  });

  it("can be found in this suite: the check for leaks finds the key and the canary, encoded or not", () => {
    const leaks = [KEY, DOCUMENT.toString("latin1"), DOCUMENT.toString("base64"), JSON.stringify(FACTS)];
    for (const leak of leaks) expect(() => expectNoLeak(`{"message":"${leak}"}`)).toThrow();
  });
});
