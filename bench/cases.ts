import type { Load } from "./load/run-load.ts";

const MB = 1_000_000;

export interface Case extends Load {
  readonly sizeMb: number;
  readonly documentBytes: number;
  /** How long the model takes, milliseconds. */
  readonly modelDelayMs: number;
}

/** How many mails one round of a case sends: enough lanes' worth to mean something, few enough to end. */
function mailsFor(sizeMb: number, concurrency: number): number {
  const perLane = sizeMb >= 20 ? 2 : 4;
  const least = sizeMb >= 20 ? 4 : 16;
  return Math.max(least, perLane * concurrency);
}

const SIZES_MB = [0.1, 1, 5, 20] as const;
const CONCURRENCIES = [1, 8, 32] as const;

/** Every size at every concurrency, and a slow model asked about very many documents at once. */
export const CASES: readonly Case[] = [
  ...SIZES_MB.flatMap((sizeMb) =>
    CONCURRENCIES.map((concurrency) => ({
      sizeMb,
      documentBytes: sizeMb * MB,
      concurrency,
      mails: mailsFor(sizeMb, concurrency),
      modelDelayMs: 0,
    })),
  ),
  { sizeMb: 0.1, documentBytes: 0.1 * MB, concurrency: 200, mails: 400, modelDelayMs: 3_000 },
];

/** Two cases, for a test that the benchmark runs. */
export const QUICK_CASES: readonly Case[] = [
  { sizeMb: 0.1, documentBytes: 0.1 * MB, concurrency: 2, mails: 4, modelDelayMs: 0 },
  { sizeMb: 0.1, documentBytes: 0.1 * MB, concurrency: 4, mails: 4, modelDelayMs: 100 },
];

/** For both sides, so that no limit of a default is what is measured. Flowstate's names; the plain program has no limits. */
export const SETTINGS: NodeJS.ProcessEnv = {
  GEMINI_CONCURRENCY: "256",
  INGEST_MEMORY_BYTES: String(4_096 * MB),
  EXTRACTOR_MEMORY_BYTES: String(2_048 * MB),
  PUSHER_MEMORY_BYTES: String(512 * MB),
};
