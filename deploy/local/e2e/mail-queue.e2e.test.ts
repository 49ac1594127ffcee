// Real: all four services as hardened processes, nats-server, PostgreSQL. Doubled: SendGrid with its queue and retry rules
// (its waiting shortened), Gemini, the ERP.
import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type GeminiDouble, startGemini } from "../doubles/gemini.ts";
import { SendGrid } from "../doubles/sendgrid.ts";
import { eInvoicePdf } from "../fixtures/e-invoice.ts";
import { type TestDatabase, testDatabase } from "../testing/test-database.ts";
import { startTestStack, type TestStack } from "./test-stack.ts";

/** The first retry comes after five minutes. */
const TIME_SCALE = 1_000;

let database: TestDatabase;
let gemini: GeminiDouble;
let stack: TestStack;
beforeAll(async () => {
  [database, gemini] = await Promise.all([testDatabase(), startGemini()]);
  stack = await startTestStack({
    database,
    environment: { GEMINI_API_KEY: "test-gemini-key-0123456789", GEMINI_BASE_URL: gemini.url },
  });
});
afterAll(async () => {
  await stack[Symbol.asyncDispose]();
  await gemini[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

it("a mail with two good documents and one that the ERP defers is in the ERP once for each document in the end", async () => {
  const documents = await Promise.all(
    [30_000, 40_000, 50_000].map(async (sizeBytes, n) => ({
      filename: `${n}.pdf`,
      bytes: await eInvoicePdf({ xml: false, sizeBytes }),
    })),
  );
  // Whichever of the three comes last to the ERP meets its fault, on every attempt that one mail's try makes.
  stack.erp.script({}, {}, ...Array.from({ length: 20 }, () => ({ status: 503 })));
  await using sendgrid = new SendGrid({
    url: stack.services.ingest.url ?? "",
    apiKey: stack.settings.apiKey,
    timeScale: TIME_SCALE,
    sleep: async (ms) => {
      // By the first retry the ERP has recovered.
      stack.erp.behave();
      await new Promise((resolve) => setTimeout(resolve, ms / TIME_SCALE));
    },
  });
  const fate = await sendgrid.send({
    from: "billing@supplier.example",
    to: stack.settings.tenantAddress,
    messageId: "<three@test>",
    documents,
  });
  expect(fate).toMatchObject({ fate: "accepted", statuses: [503, 200] });
  const booked = stack.erp.received.filter(({ verified }) => verified).map(({ headers }) => headers["webhook-id"]);
  expect(new Set(booked).size).toBe(3);
  expect(stack.erp.effects).toBe(3);
  const asked = gemini.requests.map(({ sha256 }) => sha256);
  const digests = documents.map(({ bytes }) => createHash("sha256").update(bytes).digest("hex"));
  const timesAsked = digests.map((digest) => asked.filter((sha256) => sha256 === digest).length);
  // Twice for the one that was extracted and not delivered: nothing of it was kept in between.
  expect(timesAsked.toSorted()).toEqual([1, 1, 2]);
});
