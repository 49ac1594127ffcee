// Real: three nats-servers, PostgreSQL and two instances of each of the four services as hardened processes, with what
// docker-compose.yml gives each of them, TLS everywhere. Doubled: SendGrid with its queue (its waiting shortened), what
// balances the load of the two ingests, the ERP.
import { readFile } from "node:fs/promises";
import { EVENTS_STREAM, inboxPrefix } from "@flowstate/contracts";
import { connect } from "nats";
import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readHolder } from "../../certificates/issue-certificates.ts";
import { type MailFate, SendGrid } from "../doubles/sendgrid.ts";
import { eInvoicePdf } from "../fixtures/e-invoice.ts";
import { SERVICE_NAMES, type ServiceName } from "../service-environment.ts";
import { type ProductionStack, startProductionStack } from "./production-stack.ts";

/** Each costs most of a second of processor time; PRODUCTION_MAILS=500 asks for more than every run can afford. */
const MAILS = Number(process.env["PRODUCTION_MAILS"] ?? 20);
/** How many are under way at once: two for each ingest, for as long as everything is restarted. */
const AT_ONCE = 4;
/** What happens to the system happens in the middle of the stream. */
const UNDISTURBED = Math.floor(MAILS * 0.5);
const INSTANCES = 2;
/** Of what each of two instances should do, how much it does at least. */
const LEAST_SHARE = 0.2;
/** The first retry comes after five minutes. */
const TIME_SCALE = 1_000;
const RESTARTS_LIMIT_MS = 120_000;
const COMMANDS_LIMIT_MS = 120_000;
const LIMIT_MS = RESTARTS_LIMIT_MS + 120_000 + MAILS * 3_000;

/** The line that an instance writes for each piece of its work. */
const WORK_LINES = {
  ingest: "document.ended",
  extractor: "extraction.ended",
  "erp-pusher": "delivery.ended",
  audit: "events.stored",
} as const satisfies Record<ServiceName, string>;

let stack: ProductionStack;
let document: Uint8Array;
/** Of all tests of this file. */
let mailsSent = 0;
beforeAll(async () => {
  document = await eInvoicePdf();
  stack = await startProductionStack();
});
afterAll(() => stack[Symbol.asyncDispose]());

/**
 * Sends mails, several at once, until there are MAILS and what happens meanwhile is over. It begins after the first half.
 */
async function sendWhile(happens: () => Promise<void>): Promise<readonly MailFate[]> {
  await using sendgrid = new SendGrid({
    url: stack.ingest.url,
    apiKey: stack.settings.apiKey,
    trusted: stack.trusted,
    timeScale: TIME_SCALE,
  });
  let sent = 0;
  let isOver = false;
  let happening: Promise<void> | undefined;
  const sender = async () => {
    while (sent < MAILS || !isOver) {
      if (sent++ === UNDISTURBED) happening = happens().finally(() => (isOver = true));
      await sendgrid.send({
        from: "billing@supplier.example",
        to: stack.settings.tenantAddress,
        messageId: `<${++mailsSent}@production.example>`,
        documents: [{ filename: "a.pdf", bytes: document }],
      });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, sender));
  await happening;
  expect(sendgrid.history.length).toBe(sent);
  return sendgrid.history;
}

/** Every mail so far was accepted, booked once and recorded as delivered, once. */
async function expectNothingLostOrDoubled(history: readonly MailFate[]): Promise<void> {
  expect(history.filter(({ fate, status }) => fate !== "accepted" || status !== 200)).toEqual([]);
  expect(stack.erp.effects).toBe(mailsSent);
  await expect
    .poll(documentsByStatus, { timeout: 60_000, interval: 500 })
    .toEqual([{ status: "delivered", documents: mailsSent }]);
  expect(await endsPerDocument()).toEqual([{ ends: 1, documents: mailsSent }]);
}

/** The node without which no event is acknowledged until the others have elected another. */
async function leaderOfEvents(): Promise<string> {
  const { trusted, certificate, key } = await readHolder(`${stack.certificates}/identities/admin`);
  const nats = await connect({
    servers: stack.cluster.url.split(","),
    tls: { ca: trusted, cert: certificate, key },
    inboxPrefix: inboxPrefix("admin"),
  });
  const { cluster } = await (await nats.jetstreamManager()).streams.info(EVENTS_STREAM);
  await nats.close();
  return cluster?.leader ?? "";
}

async function query(sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: stack.database.url });
  await client.connect();
  const { rows } = await client.query(sql);
  await client.end();
  return rows;
}

const documentsByStatus = () => query("SELECT status, count(*)::int AS documents FROM documents GROUP BY status");

const endsPerDocument = () =>
  query(`
    SELECT ends, count(*)::int AS documents FROM (
      SELECT count(*)::int AS ends FROM events WHERE type = 'document.delivered' GROUP BY document_id
    ) AS each GROUP BY ends`);

async function piecesOfWork(name: ServiceName): Promise<readonly number[]> {
  const logs = await Promise.all(stack.services[name].map(({ logPath }) => readFile(logPath, "utf8")));
  return logs.map((log) => log.split(WORK_LINES[name]).length - 1);
}

it(
  `of ${MAILS} mails none is lost and none is doubled when the node that leads the events is killed`,
  async () => {
    const leader = await leaderOfEvents();
    const node = stack.cluster.nodes.find(({ name }) => name === leader);
    if (node === undefined) throw new Error("no node leads the events");
    await expectNothingLostOrDoubled(await sendWhile(() => node.kill()));
    await node.restart();
  },
  LIMIT_MS,
);

it(
  `of ${MAILS} mails and more none is lost, none is doubled and the sender is asked to wait while every instance is restarted`,
  async () => {
    const history = await sendWhile(async () => {
      for (const turn of Array(INSTANCES).keys()) {
        await Promise.all(SERVICE_NAMES.map((name) => stack.services[name][turn]?.restart()));
      }
    });
    await expectNothingLostOrDoubled(history);
    // An undefined one would be a connection that got no answer.
    const answers = new Set(history.flatMap(({ statuses }) => statuses));
    expect(answers.difference(new Set([200, 503]))).toEqual(new Set());
  },
  LIMIT_MS,
);

it.each(SERVICE_NAMES)("the instances of %s share the work", async (name) => {
  const pieces = await piecesOfWork(name);
  const all = pieces.reduce((sum, count) => sum + count, 0);
  expect(all).toBeGreaterThan(0);
  for (const count of pieces) expect(count).toBeGreaterThan((all / INSTANCES) * LEAST_SHARE);
});

it(
  "an operator can do by hand what needs both the record and the stream, and what needs the stream",
  async () => {
    const forgotten = await stack.operate("services/audit/commands/audit.ts", "forget", "nobody@elsewhere.example");
    expect(forgotten).toContain("Erased in 0 events");
    expect(await stack.operate("libs/messaging/commands/broker.ts", "replay")).toContain("reads the stream");
  },
  COMMANDS_LIMIT_MS,
);
