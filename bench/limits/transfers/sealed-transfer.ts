import { contentLeft, GhostBytes, MemoryBudget } from "@flowstate/ghost";
import { callService, Deadline, type DocumentsConnection, serveTransfers } from "@flowstate/messaging";
import { createLogger } from "@flowstate/runtime";
import { z } from "zod";

/** The sealed transfer from ingest to an extractor, as both do it, without what they do besides. */

const BUDGET_BYTES = 1024 * 1024 * 1024;
const MAX_CONTENT_BYTES = 64 * 1024 * 1024;
const TRANSFER_LIMIT_MS = 60_000;
/** What a socket brings at once. */
const PIECE_BYTES = 64 * 1024;

const logger = createLogger("bench", "error");

/** Is an extractor that throws its document away. */
export async function receiveSealed(connection: DocumentsConnection): Promise<void> {
  await serveTransfers(connection, {
    service: "extractor",
    description: "Throws its document away.",
    requestSchema: z.object({}),
    maxContentBytes: MAX_CONTENT_BYTES,
    budget: new MemoryBudget(BUDGET_BYTES),
    logger,
    handle: async () => ({ outcome: {} }),
  });
}

/** The document as ingest holds it: grown while it arrived, in segments that each leave as a chunk. */
export function asReceived(document: Buffer): GhostBytes {
  const content = GhostBytes.growing();
  for (let offset = 0; offset < document.byteLength; offset += PIECE_BYTES) {
    content.append(document.subarray(offset, offset + PIECE_BYTES));
  }
  return content;
}

/**
 * Sends one document; resolves when it was taken, wiped there, and answered. It stays here for the next time; the scrubber of
 * this process is told that it left, and does what it does in ingest.
 */
export async function sendSealed(connection: DocumentsConnection, content: GhostBytes): Promise<void> {
  await callService(connection, {
    service: "extractor",
    request: {},
    content,
    outcomeSchema: z.object({}),
    deadline: Deadline.in(TRANSFER_LIMIT_MS),
    signal: new AbortController().signal,
    logger,
  });
  contentLeft();
}
