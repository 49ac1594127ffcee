import { readFileSync } from "node:fs";
import { setImmediate as eventLoopTurn, setTimeout as sleep } from "node:timers/promises";
import type { Bench } from "../bench/bench.ts";
import type { Planter } from "../canaries/canary.ts";
import { canaryFacts, scannedPdf } from "../canaries/canary-documents.ts";
import type { Answered } from "./exit-path.ts";
import { canaryMail, post } from "./send.ts";
import { NeverHappenedError, until, untilAsked } from "./until.ts";

const MIB = 1024 * 1024;
const FOREVER_MS = 600_000;

/** Something that happens while a document is somewhere; what it resolves with is done when the mail is answered. */
export type Disturb = () => Promise<(() => void) | undefined>;

/** Does something while the model is asked about a document; it answers after `thenMs`, or never. */
export async function whileModelThinks(
  bench: Bench,
  planter: Planter,
  disturb: Disturb,
  thenMs = FOREVER_MS,
): Promise<Answered> {
  const asked = bench.gemini.attempts;
  const hold = { delayHeaders: thenMs, facts: canaryFacts(planter) };
  bench.gemini.script(...(thenMs === FOREVER_MS ? [hold, hold, hold, hold] : [hold]));
  const answer = post(canaryMail(bench, planter, [scannedPdf(planter, MIB)]));
  await untilAsked(bench.gemini, asked);
  const after = await disturb();
  const answered = await answer;
  after?.();
  return answered;
}

export async function whileErpThinks(
  bench: Bench,
  planter: Planter,
  disturb: Disturb,
  thenMs = FOREVER_MS,
): Promise<Answered> {
  const asked = bench.stack.erp.attempts;
  bench.stack.erp.scriptAlways({ delayHeaders: thenMs });
  const answer = post(canaryMail(bench, planter, [scannedPdf(planter, MIB)]));
  await untilAsked(bench.stack.erp, asked);
  await disturb();
  const answered = await answer;
  bench.stack.erp.behave();
  return answered;
}

const DOCUMENT_BYTES = 19 * MIB;
/** More than anything but a document under way, and less than a quarter of one. */
const BEGUN_BYTES = 4 * MIB;
const ATTEMPTS = 10;

/**
 * Does something to the extractor when a part of a document has reached it, and the rest has not. Throws `NeverHappenedError`
 * when it was never found in between.
 */
export async function whileTransferred(bench: Bench, planter: Planter, disturb: Disturb): Promise<Answered> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const { pid } = bench.stack.services.extractor;
    const readBefore = bytesReadBy(pid);
    const answer = post(canaryMail(bench, planter, [scannedPdf(planter, DOCUMENT_BYTES)]));
    await until("a document began to pass", () => bytesReadBy(pid) - readBefore >= BEGUN_BYTES, eventLoopTurn);
    process.kill(pid, "SIGSTOP");
    const isBetween = bytesReadBy(pid) - readBefore < DOCUMENT_BYTES;
    if (!isBetween) {
      process.kill(pid, "SIGCONT");
      await answer;
      continue;
    }
    const after = await disturb();
    const answered = await answer;
    after?.();
    return answered;
  }
  throw new NeverHappenedError(`in ${ATTEMPTS} attempts no document was found half way`);
}

/** By all calls that read, from connections, too (proc(5), `rchar`). */
export function bytesReadBy(pid: number): number {
  return Number(/^rchar: (\d+)$/m.exec(readFileSync(`/proc/${pid}/io`, "utf8"))?.[1]);
}

/** Of a parser that reads without end. */
const PARSING_CPU_MS = 300;
const TICK_MS = 10;

/** Resolves when the extractor has had so much processor time: one that waits for a model has none. */
export async function untilWorking(bench: Bench, workedMs = PARSING_CPU_MS): Promise<void> {
  const { pid } = bench.stack.services.extractor;
  const before = processorMsOf(pid);
  await until("the extractor worked", () => processorMsOf(pid) - before >= workedMs);
}

/** Of all threads, in the kernel's hundredths of a second. The name before it is in brackets and may hold anything. */
function processorMsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const [user = 0, system = 0] = stat
    .slice(stat.lastIndexOf(")") + 2)
    .split(" ")
    .slice(11, 13)
    .map(Number);
  return (user + system) * TICK_MS;
}

/** How often any service has said `word` so far. */
export async function timesSaid(bench: Bench, word: string): Promise<number> {
  return (await bench.stack.logs()).split(`"${word}"`).length - 1;
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

const SETTLE_ATTEMPTS = 40;
const SETTLE_PAUSE_MS = 250;

/** Mails until one is delivered: every part has found every other again. */
export async function settled(bench: Bench, planter: Planter): Promise<void> {
  for (let attempt = 0; attempt < SETTLE_ATTEMPTS; attempt += 1) {
    if ((await post(canaryMail(bench, planter))).status === 200) return;
    await sleep(SETTLE_PAUSE_MS);
  }
  throw new Error("the system does not recover");
}
