// Real: all four services as hardened processes, nats-server, PostgreSQL. Doubled: SendGrid, the ERP, which books each
// webhook-id once. Which fault comes to which end is erp-pusher's fault-table.test.ts; here is what the sender is answered.
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ScriptedAnswer } from "../doubles/erp.ts";
import { eInvoicePdf } from "../fixtures/e-invoice.ts";
import { type TestDatabase, testDatabase } from "../testing/test-database.ts";
import { documentIdOf, startTestStack, type TestStack } from "./test-stack.ts";

/** Enough for some attempts and little waiting. */
const DEADLINE_MS = 5_000;

let database: TestDatabase;
let stack: TestStack;
let documents: { filename: string; bytes: Uint8Array }[];
beforeAll(async () => {
  database = await testDatabase();
  stack = await startTestStack({ database, environment: { MAIL_DEADLINE_MS: String(DEADLINE_MS) } });
  documents = [{ filename: "a.pdf", bytes: await eInvoicePdf() }];
});
afterAll(async () => {
  await stack[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

const newMail = () => ({ messageId: `<${randomUUID()}@test>`, documents });

/** The last event about the document that says how it ended, once audit knows it. */
async function endOf(documentId: string, type: string) {
  const find = async () => (await stack.auditTrail(documentId))?.events.findLast((event) => event.type === type);
  await expect.poll(find, { timeout: 10_000 }).toBeDefined();
  return (await find())?.data;
}

describe("what the sender is answered when the ERP", () => {
  it.each<[string, ScriptedAnswer]>([
    ["answers 503", { status: 503 }],
    ["answers 429 and asks for an hour", { status: 429, headers: { "retry-after": "3600" } }],
    ["loses the connection after it has booked", { drop: "after_body" }],
    ["does not speak HTTP", { raw: "220 mail.example ESMTP\r\n" }],
    ["never answers", { delayHeaders: 60_000 }],
  ])("%s at every attempt is 503, and 200 when it sends again and the ERP is well", async (_fault, answer) => {
    const mail = newMail();
    const { effects } = stack.erp;
    stack.erp.scriptAlways(answer);
    const refused = await stack.mail(mail);
    stack.erp.behave();
    expect([refused.status, refused.body]).toEqual([503, { error: "temporarily_unavailable" }]);
    const accepted = await stack.mail(mail);
    expect(accepted.status).toBe(200);
    const documentId = documentIdOf(accepted);
    expect(await endOf(documentId, "document.deferred")).toMatchObject({ stage: "deliver", code: "erp_unavailable" });
    expect(await endOf(documentId, "document.delivered")).toMatchObject({ attempts: 1 });
    expect(stack.erp.effects).toBe(effects + 1);
  });

  it("has a fault at the first attempt is 200, after a second one", async () => {
    const { effects } = stack.erp;
    stack.erp.script({ drop: "after_body" });
    const answer = await stack.mail(newMail());
    expect(answer.status).toBe(200);
    const documentId = documentIdOf(answer);
    expect(await endOf(documentId, "document.delivered")).toMatchObject({ attempts: 2, erp_http_status: 200 });
    expect(stack.erp.received.slice(-2).map(({ headers }) => headers["webhook-id"])).toEqual([documentId, documentId]);
    expect(stack.erp.effects).toBe(effects + 1);
    expect(await stack.logs()).toContain('"ambiguous":true');
  });

  it("says a final no is 200, and the document is undeliverable", async () => {
    stack.erp.script({ status: 422 });
    const answer = await stack.mail(newMail());
    expect(answer.status).toBe(200);
    const end = await endOf(documentIdOf(answer), "document.undeliverable");
    expect(end).toMatchObject({ code: "erp_rejected", erp_http_status: 422, attempts: 1 });
  });

  it("is gone is 200, and for the next document without asking it", async () => {
    stack.erp.script({ status: 410 });
    const told = await stack.mail(newMail());
    const { attempts } = stack.erp;
    const next = await stack.mail(newMail());
    expect([told.status, next.status]).toEqual([200, 200]);
    const gone = { code: "erp_gone", stage: "deliver" };
    expect(await endOf(documentIdOf(told), "document.undeliverable")).toMatchObject({ ...gone, attempts: 1 });
    expect(await endOf(documentIdOf(next), "document.undeliverable")).toMatchObject({ ...gone, attempts: 0 });
    expect(stack.erp.attempts).toBe(attempts);
    expect(await stack.logs()).toContain("erp.endpoint_gone");
  });
});
