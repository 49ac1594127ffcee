import { randomUUID } from "node:crypto";
import { CHUNK_BYTES } from "@flowstate/messaging";
import { createInbox, type NatsConnection } from "nats";

/**
 * A document in chunks through a broker, as a good engineer writes it: asked for first, then so many chunks under way that the
 * link stays busy, with credits for them, until the receiver has the document in one piece. As the sealed transfer does it,
 * without keys, seals, limits of time and wiping.
 */

/** As the sealed transfer has them. */
const WINDOW = 16;
const CREDIT_EVERY = WINDOW / 2;
const OPEN_SUBJECT = "plain.open";

/** Takes documents and lets go of them. */
export async function receiveChunks(nats: NatsConnection): Promise<void> {
  nats.subscribe(OPEN_SUBJECT, {
    callback: (_error, opening) => {
      const document = Buffer.allocUnsafe(Number(opening.string()));
      const subject = `plain.chunks.${randomUUID()}`;
      let bytes = 0;
      let chunks = 0;
      const chunksOfIt = nats.subscribe(subject, {
        callback: (_failed, chunk) => {
          document.set(chunk.data, bytes);
          bytes += chunk.data.byteLength;
          chunks += 1;
          const isComplete = bytes === document.byteLength;
          if (isComplete) chunksOfIt.unsubscribe();
          if (isComplete || chunks % CREDIT_EVERY === 0) chunk.respond(String(chunks));
        },
      });
      opening.respond(subject);
    },
  });
  await nats.flush();
}

/** Sends one document; resolves when all of it was taken. */
export async function sendChunks(nats: NatsConnection, document: Buffer): Promise<void> {
  const subject = (await nats.request(OPEN_SUBJECT, String(document.byteLength))).string();
  const inbox = createInbox();
  let sent = 0;
  let credited = 0;
  let onCredit = () => {};
  const credits = nats.subscribe(inbox, {
    callback: (_error, credit) => {
      credited = Number(credit.string());
      onCredit();
    },
  });
  const creditToArrive = () =>
    new Promise<void>((resolve) => {
      onCredit = resolve;
    });
  for (let offset = 0; offset < document.byteLength; offset += CHUNK_BYTES) {
    while (sent - credited >= WINDOW) await creditToArrive();
    nats.publish(subject, document.subarray(offset, offset + CHUNK_BYTES), { reply: inbox });
    sent += 1;
  }
  while (credited < sent) await creditToArrive();
  credits.unsubscribe();
}
