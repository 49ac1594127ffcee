// Real: all four services as hardened processes, nats-server, PostgreSQL, a thousand TCP connections. Doubled: SendGrid, the
// ERP. Prints what it measured.
import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { eInvoicePdf } from "../fixtures/e-invoice.ts";
import { type TestDatabase, testDatabase } from "../testing/test-database.ts";
import { startTestStack, type TestStack } from "./test-stack.ts";

const SLOW_CLIENTS = 1_000;
const HELD_MS = 30_000;
/** What each announces: together 20 times the memory budget. */
const ANNOUNCED_BYTES = 10 * 1024 * 1024;
const MIB = 1024 * 1024;
const WARM_UP_MS = 3_000;
/** What a held connection may cost beyond the budget: its socket, its parsers, what it sent. */
const CONNECTION_ALLOWANCE_BYTES = 128 * 1024;
const BUDGET_BYTES = 512 * MIB;

let database: TestDatabase;
let stack: TestStack;
beforeAll(async () => {
  database = await testDatabase();
  stack = await startTestStack({ databaseUrl: database.url });
});
afterAll(async () => {
  await stack[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

/** Milliseconds that each mail took, sent one after the other for as long as is said. */
async function timesOfMails(forMs: number, bytes: Uint8Array): Promise<number[]> {
  const times: number[] = [];
  for (const until = performance.now() + forMs; performance.now() < until; ) {
    const startedAt = performance.now();
    const answer = await stack.mail({ documents: [{ filename: "a.pdf", bytes }] });
    expect(answer.status).toBe(200);
    times.push(performance.now() - startedAt);
  }
  return times;
}

function p99(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.ceil(times.length * 0.99) - 1] ?? Number.NaN;
}

/** Resident memory of ingest, bytes. */
function residentBytes(): number {
  const status = readFileSync(`/proc/${stack.services.ingest.pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}

/** A client that has the key and sends one byte of its body a second. */
function slowClient(port: number): Socket {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  socket.write(
    `POST /webhooks/sendgrid HTTP/1.1\r\nHost: x\r\nX-API-Key: ${stack.settings.apiKey}\r\nContent-Type: multipart/form-data; boundary=xYzZY\r\nContent-Length: ${ANNOUNCED_BYTES}\r\n\r\n`,
  );
  const trickle = setInterval(() => socket.writable && socket.write("-"), 1_000);
  socket.on("close", () => clearInterval(trickle));
  return socket;
}

it.skipIf(process.platform !== "linux")(
  "a thousand clients that send one byte a second do not slow the mails of others down, nor fill the memory (reads /proc)",
  async () => {
    const bytes = await eInvoicePdf();
    // The first mails find everything cold.
    await timesOfMails(WARM_UP_MS, bytes);
    const unloaded = await timesOfMails(HELD_MS, bytes);
    const before = residentBytes();
    let most = before;
    const clients = Array.from({ length: SLOW_CLIENTS }, () =>
      slowClient(Number(new URL(stack.services.ingest.url ?? "").port)),
    );
    const watch = setInterval(() => {
      most = Math.max(most, residentBytes());
    }, 200);
    const loaded = await timesOfMails(HELD_MS, bytes);
    clearInterval(watch);
    for (const client of clients) client.destroy();

    console.log(
      `p99 of healthy mails: ${p99(unloaded).toFixed(0)} ms unloaded (${unloaded.length} mails), ` +
        `${p99(loaded).toFixed(0)} ms beside ${SLOW_CLIENTS} slow clients (${loaded.length} mails in ${HELD_MS / 1_000} s); ` +
        `resident memory of ingest: ${(before / MIB).toFixed(0)} MiB before, at most ${(most / MIB).toFixed(0)} MiB`,
    );
    expect(p99(loaded)).toBeLessThanOrEqual(2 * p99(unloaded));
    expect(most).toBeLessThanOrEqual(before + BUDGET_BYTES + SLOW_CLIENTS * CONNECTION_ALLOWANCE_BYTES);
  },
  120_000,
);
