import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { RawAnswer } from "../checks/check-answers.ts";
import { readAnswers } from "../checks/read-answers.ts";

/** What is sent on one connection, and how. */
export interface Sending {
  readonly port: number;
  readonly bytes: Buffer;
  /** Offsets at which it is cut into writes. */
  readonly cuts?: readonly number[];
  /** Between two writes. */
  readonly pauseMs?: number;
  /** `half`: its own side, when everything is sent. `reset`: both, without reading. Default: the server closes. */
  readonly close?: "half" | "reset" | undefined;
  /** How long it waits before it closes. */
  readonly closeAfterMs?: number;
  /** After so long it is given up, and by the server not forgotten: see `closed`. */
  readonly limitMs: number;
}

export interface Exchange {
  readonly received: Buffer;
  /** Undefined when what came is no HTTP. */
  readonly answers: readonly RawAnswer[] | undefined;
  /** Whether the server ended it, or has nothing more to end: a stream of events goes on until its reader leaves. */
  readonly closed: boolean;
}

/** Sends bytes that no library would send, and reads until the connection is over. Never rejects. */
export async function exchange({
  port,
  bytes,
  cuts = [],
  pauseMs = 0,
  close,
  closeAfterMs = 0,
  limitMs,
}: Sending): Promise<Exchange> {
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  const pieces: Buffer[] = [];
  const over = Promise.withResolvers<boolean>();
  const overdue = setTimeout(() => over.resolve(false), limitMs);
  socket.on("error", () => {});
  socket.on("close", () => over.resolve(true));
  socket.on("end", () => over.resolve(true));
  socket.on("data", (data) => {
    pieces.push(data);
    if (isStream(pieces)) over.resolve(true);
  });
  let from = 0;
  for (const cut of [...cuts.filter((cut) => cut > 0 && cut < bytes.length).toSorted((a, b) => a - b), bytes.length]) {
    if (socket.destroyed) break;
    socket.write(bytes.subarray(from, cut));
    from = cut;
    if (pauseMs > 0) await sleep(pauseMs);
  }
  if (closeAfterMs > 0) await Promise.race([over.promise, sleep(closeAfterMs)]);
  if (close === "half") socket.end();
  if (close === "reset") socket.resetAndDestroy();
  const closed = await over.promise;
  clearTimeout(overdue);
  socket.destroy();
  const received = Buffer.concat(pieces);
  return { received, answers: readAnswers(received), closed };
}

function isStream([head]: readonly Buffer[]): boolean {
  return head?.subarray(0, 1_024).includes("text/event-stream") ?? false;
}
