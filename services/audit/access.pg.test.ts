// Real: every endpoint with its keys, and PostgreSQL with the API's role. Doubled: the network, requests being injected.
import { randomUUID } from "node:crypto";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ENDPOINTS } from "./routes/endpoints.ts";
import { ADMIN_KEY, KEY, OTHER_KEY, OTHER_TENANT, READ_KEY, SUBMIT_KEY, testApi } from "./testing/audit-api.ts";
import { type AuditDatabase, auditDatabase, recordingInto } from "./testing/audit-database.ts";
import { recordMessages } from "./testing/record-messages.ts";
import { MAIL_ID, messageOf, sampleEvent, TENANT } from "./testing/sample-events.ts";

const OURS = randomUUID();
const THEIRS = randomUUID();
const THEIR_MAIL = randomUUID();
const NOBODYS_MAIL = randomUUID();
/** What must not be seen with a key of the first tenant. */
const FOREIGN = [THEIRS, THEIR_MAIL, NOBODYS_MAIL, OTHER_TENANT];

let database: AuditDatabase;
let api: FastifyInstance;
beforeAll(async () => {
  database = await auditDatabase();
  api = testApi(database);
  const time = new Date(Date.now() - 60_000).toISOString();
  const theirs = { document_id: THEIRS, mail_id: THEIR_MAIL, tenant_id: OTHER_TENANT };
  const events = [
    sampleEvent("document.received", { time, data: { document_id: OURS } }),
    sampleEvent("document.received", { time, data: theirs }),
    sampleEvent("document.delivered", { time, data: theirs }),
    sampleEvent("mail.unroutable", { time, data: { mail_id: NOBODYS_MAIL } }),
  ];
  const messages = events.map((event, index) => messageOf(event, index));
  await recordMessages(recordingInto(database.pool), messages);
});
afterAll(async () => {
  await api.close();
  await database[Symbol.asyncDispose]();
});

/** Each kind of key there is. */
const KEYS = {
  none: undefined,
  wrong: `${KEY}x`,
  ours: KEY,
  "ours, read": READ_KEY,
  "ours, submit": SUBMIT_KEY,
  theirs: OTHER_KEY,
  operator: ADMIN_KEY,
} as const;
type Kind = keyof typeof KEYS;

type Expected = Readonly<Record<Kind, number>>;

/** What is answered where a tenant's rows are asked for, with the first tenant's meant by each key. */
const READ: Expected = {
  none: 401,
  wrong: 401,
  ours: 200,
  "ours, read": 200,
  "ours, submit": 403,
  theirs: 200,
  operator: 200,
};
const OURS_ONLY: Expected = { ...READ, theirs: 404 };
const NAMING_US: Expected = { ...READ, theirs: 403 };
const NAMING_THEM: Expected = { ...READ, ours: 403, "ours, read": 403 };

const OPERATORS: Expected = { ...READ, ours: 403, "ours, read": 403, theirs: 403 };

const TABLE: Readonly<Record<string, Expected>> = {
  "GET /api/session": READ,
  "GET /api/documents": READ,
  [`GET /api/documents?tenant=${TENANT}`]: NAMING_US,
  [`GET /api/documents?tenant=${OTHER_TENANT}`]: NAMING_THEM,
  [`GET /api/documents/${OURS}`]: OURS_ONLY,
  [`GET /api/documents/${THEIRS}`]: { ...READ, ours: 404, "ours, read": 404 },
  [`GET /api/documents/${OURS}?tenant=${TENANT}`]: NAMING_US,
  [`GET /api/documents/${OURS}?tenant=${OTHER_TENANT}`]: { ...NAMING_THEM, theirs: 404, operator: 404 },
  "GET /api/events": READ,
  [`GET /api/events?document_id=${THEIRS}`]: READ,
  [`GET /api/events?mail_id=${NOBODYS_MAIL}`]: READ,
  [`GET /api/events?tenant=${TENANT}`]: NAMING_US,
  [`GET /api/events?tenant=${OTHER_TENANT}`]: NAMING_THEM,
  "GET /api/stats": READ,
  [`GET /api/stats?tenant=${TENANT}`]: NAMING_US,
  [`GET /api/stats?tenant=${OTHER_TENANT}`]: NAMING_THEM,
  "GET /api/stream?after=0": READ,
  [`GET /api/stream?after=0&tenant=${TENANT}`]: NAMING_US,
  [`GET /api/stream?after=0&tenant=${OTHER_TENANT}`]: NAMING_THEM,
  "GET /api/export.csv": READ,
  [`GET /api/export.csv?tenant=${TENANT}`]: NAMING_US,
  [`GET /api/export.csv?tenant=${OTHER_TENANT}`]: NAMING_THEM,
  "GET /api/export.ndjson": READ,
  [`GET /api/export.ndjson?tenant=${TENANT}`]: NAMING_US,
  [`GET /api/export.ndjson?tenant=${OTHER_TENANT}`]: NAMING_THEM,
  "GET /admin/status": OPERATORS,
  "GET /admin/tenants": OPERATORS,
  "POST /admin/retention": OPERATORS,
};

const ROWS = Object.entries(TABLE).flatMap(([request, expected]) =>
  Object.entries(expected).map(([kind, status]) => ({ request, kind, status })),
);

/** The status and the body, of a stream as far as it has come when everything that is there must have been sent. */
async function ask(request: string, key: string | undefined): Promise<{ status: number; body: string }> {
  const [method, url] = request.split(" ");
  if (method !== "GET" && method !== "POST") throw new TypeError("the table has requests of another method");
  const answer = await api.inject({
    method,
    url: url ?? "",
    payloadAsStream: true,
    ...(method === "POST" && { payload: { dry_run: true } }),
    headers: key === undefined ? {} : { "x-api-key": key },
  });
  let body = "";
  const isEndless = answer.headers["content-type"]?.toString().startsWith("text/event-stream") ?? false;
  for await (const part of answer.stream()) {
    body += String(part);
    if (isEndless && body.includes("event: recorded")) break;
  }
  return { status: answer.statusCode, body };
}

describe("who may ask what", () => {
  it.each(ROWS)("$request with the key: $kind → $status", async ({ request, kind, status }) => {
    const key = Object.entries(KEYS).find(([name]) => name === kind)?.[1];
    const answer = await ask(request, key);
    expect(answer.status).toBe(status);
    if (status === 401) expect(answer.body).toBe('{"error":"authentication_failed"}');
    if (status === 403) expect(answer.body).toBe('{"error":"forbidden"}');
    if (status === 404) expect(answer.body).toBe('{"error":"not_found"}');
    if (kind.startsWith("ours")) {
      for (const foreign of FOREIGN) expect(answer.body).not.toContain(foreign);
    }
    if (kind === "theirs") expect(answer.body).not.toContain(OURS);
  });

  it("is in the table for every endpoint there is", () => {
    const asked = new Set(
      Object.keys(TABLE).map((request) => request.replace(/\?.*/, "").replace(/[0-9a-f-]{36}/, ":id")),
    );
    expect([...asked].sort()).toEqual(ENDPOINTS.map(({ method, path }) => `${method} ${path}`).sort());
  });

  it("shows what is nobody's to the operator only", async () => {
    for (const path of ["/api/events", "/api/stream?after=0", "/api/export.csv", "/api/export.ndjson"]) {
      expect((await ask(`GET ${path}`, ADMIN_KEY)).body, path).toContain(NOBODYS_MAIL);
    }
    expect((await ask("GET /api/events", ADMIN_KEY)).body).toContain(MAIL_ID);
  });
});
