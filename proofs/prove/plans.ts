import type { Load, NamedLoad } from "./load.ts";
import { ALL_PATHS, type Phase } from "./paths/all-paths.ts";
import { ABORTED, MALFORMED } from "./paths/broken-off.ts";

/** What is sent through the hardened system, and through the control. */
export interface Plan {
  /** For the cost, sent so many times with the measures and without, in turn: nothing else happens meanwhile. */
  readonly timed: Load & { readonly rounds: number };
  readonly phases: readonly Phase[];
  /** Loads under which memory is searched all the time. */
  readonly loads: readonly NamedLoad[];
}

const LARGE_BYTES = 20_000_000;
const MEDIUM_BYTES = 1_000_000;

/** Everything. */
const LONG_PLAN: Plan = {
  phases: ALL_PATHS,
  loads: [
    { name: "30 documents of 20 MB", mails: 30, concurrency: 2, documentBytes: LARGE_BYTES },
    { name: "200 mails, eight at a time", mails: 200, concurrency: 8, documentBytes: MEDIUM_BYTES, eInvoiceEvery: 20 },
  ],
  timed: { rounds: 4, mails: 30, concurrency: 8, documentBytes: MEDIUM_BYTES },
};

const QUICK_TIMED = { rounds: 1, mails: 2, concurrency: 2, documentBytes: 1_000 };

/** A document that is delivered, and what breaks off in every way. */
const QUICK: ReadonlySet<string> = new Set(["delivered, read by the model", "delivered, read from its own data"]);

const QUICK_PLAN: Plan = {
  phases: [
    {
      ingest: {},
      rows: [
        ...ALL_PATHS.flatMap(({ rows }) => rows).filter((row) => row.some(({ name }) => QUICK.has(name))),
        MALFORMED,
        ABORTED,
      ],
    },
  ],
  loads: [],
  timed: QUICK_TIMED,
};

/** What is proven, by name. */
export const PLANS = { long: LONG_PLAN, quick: QUICK_PLAN };
export type PlanName = keyof typeof PLANS;

/** The paths whose names hold `words`, under their own settings. */
export function planOf(words: string): Plan {
  const phases = ALL_PATHS.map(({ ingest, rows }) => ({
    ingest,
    rows: rows.map((row) => row.filter(({ name }) => name.includes(words))).filter((row) => row.length > 0),
  }));
  return { phases: phases.filter(({ rows }) => rows.length > 0), loads: [], timed: QUICK_TIMED };
}
