// Real: ingest with its HTTP server, nats-server, sealed transfers, stream, ledger. Doubled: extractor and erp-pusher are
// scripted functions, of which the second takes as long as a test likes; the mail is posted with fetch.
import { type NatsServer, startNatsServer } from "@flowstate/local/servers/nats-server.ts";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { aPdf, DELIVERED, IngestRig, type PostedMail } from "./testing/ingest-rig.ts";

const MIB = 1024 * 1024;
const MEMORY_BYTES = 3 * MIB;
const DOCUMENT_BYTES = 150_000;
/** Their documents together are more than ingest may hold. */
const MAILS = 30;

let broker: NatsServer;
let rig: IngestRig;

beforeAll(async () => {
  broker = await startNatsServer({});
});
afterAll(() => broker[Symbol.asyncDispose]());
beforeEach(async () => {
  rig = await IngestRig.start(broker, {
    INGEST_MEMORY_BYTES: String(MEMORY_BYTES),
    MAX_MAIL_BYTES: String(MIB),
    MAIL_DEADLINE_MS: "60000",
  });
});
afterEach(() => rig[Symbol.asyncDispose]());

const large = (n: number) => aPdf(`${n} `.padEnd(DOCUMENT_BYTES, "x"));

/** SendGrid's raw mode: the document is base64 inside the message. */
function rawMail(document: string): PostedMail {
  const encoded = Buffer.from(document).toString("base64").replaceAll(/.{76}/g, "$&\r\n");
  const head = "Message-ID: <raw@test>\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n";
  return { documents: [], fields: { email: `${head}${encoded}\r\n` } };
}

it.each<[string, (n: number) => PostedMail]>([
  ["a file", (n) => ({ documents: [large(n)] })],
  ["a part of a raw message", (n) => rawMail(large(n))],
])("mails that wait for an ERP hold no room of a document that is gone, which was %s", async (_what, mail) => {
  const answer = Promise.withResolvers<void>();
  rig.script.push = async () => {
    await answer.promise;
    return DELIVERED;
  };
  const waiting: Promise<{ readonly status: number }>[] = [];
  for (let n = 0; n < MAILS; n += 1) {
    waiting.push(rig.post(mail(n)));
    await expect.poll(() => rig.pushes.length, { timeout: 10_000 }).toBe(n + 1);
  }
  answer.resolve();
  expect(new Set((await Promise.all(waiting)).map(({ status }) => status))).toEqual(new Set([200]));
});

it("an extraction that finds no room has its mail come again, and the next one has it", async () => {
  rig.script.extraction = JSON.stringify({ read: "x".repeat(900_000) });
  const answer = Promise.withResolvers<void>();
  rig.script.push = async () => {
    await answer.promise;
    return DELIVERED;
  };
  const first = [1, 2, 3].map((n) => rig.post({ documents: [large(n)] }));
  await expect.poll(() => rig.pushes.length).toBe(3);
  expect((await rig.post({ documents: [aPdf("small")] })).status).toBe(503);
  answer.resolve();
  expect((await Promise.all(first)).map(({ status }) => status)).toEqual([200, 200, 200]);
  expect((await rig.post({ documents: [aPdf("small")] })).status).toBe(200);
});
