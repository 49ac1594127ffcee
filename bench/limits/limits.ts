import { createCipheriv, randomBytes } from "node:crypto";
import { connect as connectTcp } from "node:net";
import { text } from "node:stream/consumers";
import { GhostBytes } from "@flowstate/ghost";
import { callService, Deadline, type DocumentsConnection } from "@flowstate/messaging";
import { createLogger } from "@flowstate/runtime";
import type { NatsConnection } from "nats";
import type pg from "pg";
import { z } from "zod";

/** What the parts could do at best, each alone: what the whole is to be judged by. All resolve with a rate per second. */

/** As the sealed transfer has them, so that both send the same chunks with as many under way. */
const CHUNK_BYTES = 256 * 1024;
const WINDOW = 16;
const TRANSFER_LIMIT_MS = 60_000;
const NONCE_BYTES = 12;
const KEY_BYTES = 32;
const SQL_BATCH = 1_000;

/** Bytes through a socket of this machine into another process. */
export async function tcpBytesPerSecond(url: string, totalBytes: number): Promise<number> {
  const { hostname, port } = new URL(url);
  const chunk = randomBytes(CHUNK_BYTES);
  const socket = connectTcp(Number(port), hostname);
  const startedAt = performance.now();
  for (let sent = 0; sent < totalBytes; sent += CHUNK_BYTES) {
    if (!socket.write(chunk)) await new Promise((resolve) => socket.once("drain", resolve));
  }
  socket.end();
  const received = Number(await text(socket));
  return perSecond(received, startedAt);
}

/** Bytes of documents in chunks through a broker, each chunk acknowledged, a window of them under way. */
export async function plainChunksPerSecond(
  nats: NatsConnection,
  { documentBytes, documents }: Documents,
): Promise<number> {
  const chunk = randomBytes(CHUNK_BYTES);
  const startedAt = performance.now();
  for (let document = 0; document < documents; document++) {
    const offsets = Array.from({ length: Math.ceil(documentBytes / CHUNK_BYTES) }, (_, index) => index * CHUNK_BYTES);
    const waiting = offsets.values();
    const lane = async () => {
      for (const offset of waiting) {
        await nats.request("plain.chunks", chunk.subarray(0, Math.min(CHUNK_BYTES, documentBytes - offset)));
      }
    };
    await Promise.all(Array.from({ length: WINDOW }, lane));
  }
  return perSecond(documentBytes * documents, startedAt);
}

/** Bytes of documents over the sealed transfer, one document after the other, keys and answers included. */
export async function sealedTransfersPerSecond(
  connection: DocumentsConnection,
  { documentBytes, documents }: Documents,
): Promise<number> {
  const logger = createLogger("bench", "error");
  const source = randomBytes(documentBytes);
  const startedAt = performance.now();
  for (let document = 0; document < documents; document++) {
    using content = GhostBytes.withCapacity(documentBytes);
    content.append(source);
    await callService(connection, {
      service: "extractor",
      request: {},
      content,
      outcomeSchema: z.object({}),
      deadline: Deadline.in(TRANSFER_LIMIT_MS),
      signal: new AbortController().signal,
      logger,
    });
  }
  return perSecond(documentBytes * documents, startedAt);
}

export interface Documents {
  readonly documentBytes: number;
  readonly documents: number;
}

/** Bytes that one thread seals. */
export function sealedBytesPerSecond(totalBytes: number): number {
  const chunk = randomBytes(CHUNK_BYTES);
  const key = randomBytes(KEY_BYTES);
  const startedAt = performance.now();
  for (let sealed = 0; sealed < totalBytes; sealed += CHUNK_BYTES) {
    const cipher = createCipheriv("aes-256-gcm", key, randomBytes(NONCE_BYTES));
    cipher.update(chunk);
    cipher.final();
    cipher.getAuthTag();
  }
  return perSecond(totalBytes, startedAt);
}

/** Rows in batches of a thousand, each batch a statement and a commit, into the plain program's table. */
export async function rowsPerSecond(client: pg.Client, rows: number): Promise<number> {
  const sizes = Array.from({ length: SQL_BATCH }, (_, index) => index);
  const startedAt = performance.now();
  for (let inserted = 0; inserted < rows; inserted += SQL_BATCH) {
    await client.query(
      `INSERT INTO documents (sender, size_bytes, status, erp_http_status)
       SELECT 'billing@supplier.example', size, 'delivered', 200 FROM unnest($1::bigint[]) AS size`,
      [sizes],
    );
  }
  return perSecond(rows, startedAt);
}

function perSecond(amount: number, startedAt: number): number {
  return amount / ((performance.now() - startedAt) / 1_000);
}
