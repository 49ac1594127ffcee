import { createCipheriv, randomBytes } from "node:crypto";
import { connect as connectTcp } from "node:net";
import { text } from "node:stream/consumers";
import { CHUNK_BYTES } from "@flowstate/messaging";
import type pg from "pg";
import { z } from "zod";
import { perSecond } from "./per-second.ts";

/** What the parts could do at best, each alone: what the whole is to be judged by. All resolve with a rate per second. */

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

export interface Documents {
  readonly documentBytes: number;
  /** They are sent for at least so long. */
  readonly leastMs: number;
}

/** Bytes of documents from the sending process at `url` through its broker, one document after the other. */
export async function transferredBytesPerSecond(url: string, documents: Documents): Promise<number> {
  const answer = await fetch(url, { method: "POST", body: JSON.stringify(documents) });
  if (!answer.ok) throw new Error(`documents could not be sent: ${await answer.text()}`);
  return z.number().parse(await answer.json());
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
