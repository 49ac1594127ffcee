import { createHash, randomBytes } from "node:crypto";
import { tenantIdSchema } from "@flowstate/contracts";
import { expect, it } from "vitest";
import { apiKeyOf, findApiKey } from "./api-keys.ts";

/*
 * Real: the comparison, and the clock. The control is a comparison that leaks: it makes the same digest, so that it is as
 * noisy, and then compares the keys themselves, byte by byte, until they differ.
 *
 * The procedure is that of dudect (Reparaz, Balasch, Verbauwhede 2017): two kinds of wrong keys in random turns, the
 * slowest times left out of both alike, Welch's t. |t| above 5 means that the times tell the kinds apart. What else the
 * machine does can push a t above 5 once, so a round may be repeated; a comparison that leaks does not pass for that, as
 * the control shows: it is measured in the same round, in turns with the real one, and must be found out in each.
 */

const NOTICEABLE = 5;
const MAX_ROUNDS = 3;
const SAMPLES_PER_KIND = 20_000;
const WARM_UP = 5_000;
/** Interruptions and collections fall into the slowest tenth. */
const KEPT = 0.9;

const KEY_LENGTH = 60;
const COMMON = "key_of_a_customer_of_the_same_reseller_";
/** Four that share how they begin, as keys do, and one that does not. */
const KIN = Array.from({ length: 4 }, () => COMMON + random(KEY_LENGTH - COMMON.length));
const LONER = random(KEY_LENGTH);
const SECRETS = [...KIN, LONER];

const tenant = tenantIdSchema.parse("acme");
const keys = SECRETS.map((secret) => apiKeyOf(secret, tenant));

type Find = (presented: string) => unknown;
const real: Find = (presented) => findApiKey(keys, presented);
const leaking: Find = (presented) => {
  createHash("sha256").update(presented, "utf8").digest();
  return SECRETS.find((secret) => areEqual(secret, presented));
};

function areEqual(secret: string, presented: string): boolean {
  if (secret.length !== presented.length) return false;
  for (let at = 0; at < secret.length; at += 1) {
    if (secret.charCodeAt(at) !== presented.charCodeAt(at)) return false;
  }
  return true;
}

function random(length: number): string {
  return randomBytes(length).toString("hex").slice(0, length);
}

/** As the key up to `at`, then wrong. "~" is in none of them. */
function differingAt(at: number, key = LONER): string {
  return `${key.slice(0, at)}~${random(KEY_LENGTH - at - 1)}`;
}

/** Two kinds of wrong keys that a comparison must not tell apart. */
const PAIRS: Record<string, readonly [() => string, () => string]> = {
  "differs in the first or the last byte": [() => differingAt(0), () => differingAt(KEY_LENGTH - 1)],
  "differs in the first or the middle byte": [() => differingAt(0), () => differingAt(KEY_LENGTH / 2)],
  "differs in the middle or the last byte": [() => differingAt(KEY_LENGTH / 2), () => differingAt(KEY_LENGTH - 1)],
  // Both lengths are as many blocks of SHA-256's. How long a wrong key is itself is no secret.
  "has another length or the right one": [() => LONER.slice(0, KEY_LENGTH - 1), () => differingAt(KEY_LENGTH - 1)],
  "resembles several keys or a single one": [
    () => differingAt(COMMON.length, KIN[0]),
    () => differingAt(COMMON.length, LONER),
  ],
};

type Times = readonly [number[], number[]];

/** Welch's t of the real and of the leaking comparison, measured in turns. */
function measure(pair: readonly [() => string, () => string]): { real: number; control: number } {
  const made = turns().map((kind) => ({ kind, key: pair[kind]() }));
  // All copied in one go, so that those of one kind do not lie otherwise in memory than those of the other.
  const presented = made.map(({ kind, key }) => ({ kind, key: asReceived(key) }));
  for (const { key } of presented.slice(0, WARM_UP)) {
    timeOf(real, key);
    timeOf(leaking, key);
  }
  const ofReal: Times = [[], []];
  const ofLeaking: Times = [[], []];
  for (const { kind, key } of presented) {
    ofReal[kind].push(timeOf(real, key));
    ofLeaking[kind].push(timeOf(leaking, key));
  }
  return { real: welch(ofReal), control: welch(ofLeaking) };
}

/** Which kind each sample is of: as many of both, in random order. */
function turns(): (0 | 1)[] {
  const order = Array.from({ length: 2 * SAMPLES_PER_KIND }, (_, n): [number, 0 | 1] => [
    Math.random(),
    n % 2 === 0 ? 0 : 1,
  ]);
  return order.sort(([a], [b]) => a - b).map(([, kind]) => kind);
}

/** A string as it comes from the network: flat, and not a view of the parts that it was made of. */
function asReceived(key: string): string {
  return Buffer.from(key, "latin1").toString("latin1");
}

let found = 0;

/** Nanoseconds. */
function timeOf(find: Find, key: string): number {
  const since = process.hrtime.bigint();
  // Used, so that no compiler leaves it out.
  if (find(key) !== undefined) found += 1;
  return Number(process.hrtime.bigint() - since);
}

function welch(times: Times): number {
  const sorted = times.flat().sort((a, b) => a - b);
  const slowest = sorted[Math.floor(sorted.length * KEPT)] ?? 0;
  const [a, b] = times.map((kind) => meanAndVariance(kind.filter((time) => time < slowest)));
  if (a === undefined || b === undefined) throw new Error("there are two kinds");
  return (a.mean - b.mean) / Math.sqrt(a.variance / a.count + b.variance / b.count);
}

function meanAndVariance(times: readonly number[]) {
  const mean = times.reduce((sum, time) => sum + time, 0) / times.length;
  const variance = times.reduce((sum, time) => sum + (time - mean) ** 2, 0) / (times.length - 1);
  return { mean, variance, count: times.length };
}

it.each(Object.entries(PAIRS))("how long a wrong key takes does not tell whether it %s", (what, pair) => {
  let t: { real: number; control: number };
  let round = 0;
  do {
    t = measure(pair);
    round += 1;
    process.stdout.write(`Welch's t, "${what}": ${t.real.toFixed(2)}; with an early exit: ${t.control.toFixed(1)}\n`);
    expect(Math.abs(t.control), "of the control, in every round").toBeGreaterThan(NOTICEABLE);
  } while (Math.abs(t.real) >= NOTICEABLE && round < MAX_ROUNDS);
  expect(Math.abs(t.real)).toBeLessThan(NOTICEABLE);
  expect(found).toBe(0);
});
