// Real: all four services as hardened processes, nats-server, a PostgreSQL of the suite's own. Doubled: SendGrid and ERP.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startErp } from "../doubles/erp.ts";
import { eInvoicePdf } from "../fixtures/e-invoice.ts";
import { type PostgresServer, startPostgres } from "../servers/postgres.ts";
import { documentIdOf, startTestStack, type TestStack } from "./test-stack.ts";

/** Enough for a mail, and little waiting for an ERP that is not there. */
const DEADLINE_MS = 10_000;
const AWAY = { status: 503, body: { error: "temporarily_unavailable" } };

let postgres: PostgresServer;
let stack: TestStack;
let document: { filename: string; bytes: Uint8Array };
let pids: number[];
const pidsNow = () => Object.values(stack.services).map(({ pid }) => pid);
beforeAll(async () => {
  postgres = await startPostgres();
  stack = await startTestStack({
    database: await postgres.createDatabase("flowstate"),
    environment: { MAIL_DEADLINE_MS: String(DEADLINE_MS) },
  });
  document = { filename: "a.pdf", bytes: await eInvoicePdf() };
  pids = pidsNow();
});
afterAll(async () => {
  await stack[Symbol.asyncDispose]();
  await postgres[Symbol.asyncDispose]();
});

let mailNumber = 0;
const newMail = () => ({ messageId: `<${mailNumber++}@test>`, documents: [document] });
const deliveredAgain = (mail: ReturnType<typeof newMail>) =>
  expect.poll(async () => (await stack.mail(mail)).status, { timeout: 20_000, interval: 250 }).toBe(200);

describe("with the broker stopped", () => {
  it("a mail is answered 503; after its restart the same mail is delivered, without a restart of the services", async () => {
    const mail = newMail();
    const effects = stack.erp.effects;
    await stack.broker.kill();
    expect(await stack.mail(mail)).toMatchObject(AWAY);
    await stack.broker.restart();
    await deliveredAgain(mail);
    expect(stack.erp.effects).toBe(effects + 1);
    expect(pidsNow()).toEqual(pids);
  });
});

describe("with the database stopped", () => {
  it("a mail still completes, and its events arrive when the database is back", async () => {
    await postgres.stop();
    const answer = await stack.mail(newMail());
    expect(answer.status).toBe(200);
    const documentId = documentIdOf(answer);
    await postgres.restart();
    await expect
      .poll(async () => (await stack.auditTrail(documentId))?.events.map(({ type }) => type), {
        timeout: 30_000,
        interval: 250,
      })
      .toEqual(["document.received", "document.claimed", "document.extracted", "document.delivered", "document.wiped"]);
    expect(pidsNow()).toEqual(pids);
  });
});

describe("with the ERP stopped", () => {
  it("a mail is answered 503 and deferred; when the ERP is back the same mail is delivered", async () => {
    const mail = newMail();
    const { url, secret } = stack.erp;
    await stack.erp[Symbol.asyncDispose]();
    expect(await stack.mail(mail)).toMatchObject(AWAY);
    await using back = await startErp({ port: Number(new URL(url).port), secret });
    await deliveredAgain(mail);
    expect(back.effects).toBe(1);
    const documentId = back.received.at(-1)?.headers["webhook-id"] ?? "";
    await expect
      .poll(async () => (await stack.auditTrail(documentId))?.events.map(({ type }) => type), { timeout: 10_000 })
      .toContain("document.delivered");
    const trail = await stack.auditTrail(documentId);
    expect(trail?.document.status).toBe("delivered");
    expect(trail?.events.map(({ type }) => type)).toContain("document.deferred");
    expect(pidsNow()).toEqual(pids);
  });
});
