const MB = 1_000_000;

/** What is sent, how many at once, and how long the model takes. */
export interface Case {
  readonly sizeMb: number;
  readonly documentBytes: number;
  readonly concurrency: number;
  /** How long the model takes, milliseconds. */
  readonly modelDelayMs: number;
}

const SIZES_MB = [0.1, 1, 5, 20] as const;
const CONCURRENCIES = [1, 8, 32] as const;

/** Every size at every concurrency, and a slow model asked about very many documents at once. */
export const CASES: readonly Case[] = [
  ...SIZES_MB.flatMap((sizeMb) =>
    CONCURRENCIES.map((concurrency) => ({ sizeMb, documentBytes: sizeMb * MB, concurrency, modelDelayMs: 0 })),
  ),
  { sizeMb: 0.1, documentBytes: 0.1 * MB, concurrency: 200, modelDelayMs: 3_000 },
];

export function bytesInFlight({ documentBytes, concurrency }: Case): number {
  return documentBytes * concurrency;
}

/** How long rounds are at least, milliseconds: a side that is faster answers more mails in one. */
export interface Pace {
  /** In which time is measured. */
  readonly timedMs: number;
  /** In which memory is watched: long enough for some thirty looks. */
  readonly watchedMs: number;
  /** In which nothing is measured. */
  readonly warmingMs: number;
  /** A side has settled when it did next to nothing for so long, longer than what waits in it for the work to pause. */
  readonly restMs: number;
}

export const PACE: Pace = { timedMs: 5_000, watchedMs: 3_000, warmingMs: 1_000, restMs: 1_000 };

/** For a test that the benchmark runs. */
export const QUICK_PACE: Pace = { timedMs: 500, watchedMs: 300, warmingMs: 100, restMs: 250 };

/** Two cases, for the same test. */
export const QUICK_CASES: readonly Case[] = [
  { sizeMb: 0.1, documentBytes: 0.1 * MB, concurrency: 1, modelDelayMs: 0 },
  { sizeMb: 0.1, documentBytes: 0.1 * MB, concurrency: 2, modelDelayMs: 100 },
];

/** For both sides, so that no limit of a default is what is measured. Flowstate's names; the plain program has no limits. */
export const SETTINGS: NodeJS.ProcessEnv = {
  GEMINI_CONCURRENCY: "256",
  INGEST_MEMORY_BYTES: String(4_096 * MB),
  EXTRACTOR_MEMORY_BYTES: String(2_048 * MB),
  PUSHER_MEMORY_BYTES: String(512 * MB),
};
