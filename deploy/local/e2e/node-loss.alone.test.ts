// Real: three nats-servers, PostgreSQL and all four services as hardened processes, with what docker-compose.yml gives each
// of them, TLS everywhere. Doubled: SendGrid with its queue (its waiting shortened), the ERP.
import { EVENTS_STREAM, inboxPrefix } from "@flowstate/contracts";
import { connect } from "nats";
import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readHolder } from "../../certificates/issue-certificates.ts";
import { SendGrid } from "../doubles/sendgrid.ts";
import { eInvoicePdf } from "../fixtures/e-invoice.ts";
import { type ProductionStack, startProductionStack } from "./production-stack.ts";

/** Each costs most of a second of processor time; NODE_LOSS_MAILS=200 asks for more than every run can afford. */
const MAILS = Number(process.env["NODE_LOSS_MAILS"] ?? 60);
/** How many are under way at once. */
const AT_ONCE = 8;
/** The node is lost in the middle of the stream. */
const LOST_AFTER = Math.floor(MAILS * 0.3);
/** The first retry comes after five minutes. */
const TIME_SCALE = 1_000;
const LIMIT_MS = 120_000 + MAILS * 3_000;

let stack: ProductionStack;
beforeAll(async () => {
  stack = await startProductionStack();
});
afterAll(() => stack[Symbol.asyncDispose]());

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

async function documentsByStatus(): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: stack.database.url });
  await client.connect();
  const { rows } = await client.query("SELECT status, count(*)::int AS documents FROM documents GROUP BY status");
  await client.end();
  return rows;
}

it(
  `of ${MAILS} mails none is lost and none is doubled when the node that leads the events is killed`,
  async () => {
    const bytes = await eInvoicePdf();
    await using sendgrid = new SendGrid({
      url: stack.services.ingest.url ?? "",
      apiKey: stack.settings.apiKey,
      trusted: stack.trusted,
      timeScale: TIME_SCALE,
    });
    const leader = await leaderOfEvents();
    const lost = stack.cluster.nodes.find(({ name }) => name === leader);
    if (lost === undefined) throw new Error("no node leads the events");
    let next = 0;
    const sender = async () => {
      while (next < MAILS) {
        const number = next++;
        if (number === LOST_AFTER) await lost.kill();
        await sendgrid.send({
          from: "billing@supplier.example",
          to: stack.settings.tenantAddress,
          messageId: `<${number}@node-loss.example>`,
          documents: [{ filename: "a.pdf", bytes }],
        });
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, sender));

    expect(sendgrid.history.map(({ fate, status }) => [fate, status])).toEqual(
      Array.from({ length: MAILS }, () => ["accepted", 200]),
    );
    expect(stack.erp.effects).toBe(MAILS);
    await expect
      .poll(documentsByStatus, { timeout: 60_000, interval: 500 })
      .toEqual([{ status: "delivered", documents: MAILS }]);
  },
  LIMIT_MS,
);
