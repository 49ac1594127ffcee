import { SERVICE_NAMES, type ServiceName } from "@flowstate/local/service-environment.ts";
import { MOMENT_NAMES, MOMENTS, type MomentName } from "../moments/moments.ts";
import { type Random, randomOf } from "./random.ts";

/** Whom a run strikes. */
export type Victim = ServiceName | "nats-server" | "postgres";
export const VICTIMS: readonly Victim[] = [...SERVICE_NAMES, "nats-server", "postgres"];

export const isService = (victim: Victim): victim is ServiceName => victim !== "nats-server" && victim !== "postgres";

/** What a process of a part is called among so many: by its number where there is more than one. */
export const processName = (victim: Victim, index: number, count: number): string =>
  count === 1 ? victim : `${victim} ${index + 1}`;

/** When a run strikes: at a moment that a service reaches, when the ERP's double was pushed to, or at any time. */
export type When =
  | { readonly kind: "moment"; readonly name: MomentName; readonly count: number }
  | { readonly kind: "pushed" }
  | { readonly kind: "any_time"; readonly afterMs: number };

/** What one mail of a run brings. */
export interface PlannedMail {
  readonly documents: readonly PlannedDocument[];
  /** The sender sends it once more after it was accepted, as happens when an answer is lost on the way. */
  readonly again: boolean;
}

export interface PlannedDocument {
  /**
   * `large` crosses the broker in several chunks, `scan` can only be read by the model, `unsteady` is a scan that the model
   * reads once and then never again, `unreadable` is no PDF.
   */
  readonly kind: "small" | "large" | "scan" | "unsteady" | "unreadable";
}

export interface PlannedRun {
  readonly number: number;
  readonly mails: readonly PlannedMail[];
  readonly when: When;
  /** Killed, or with `pauseMs` stopped for so long. */
  readonly victims: readonly Victim[];
  /** Chooses one of a victim's instances, by what is left when this is divided by their number. */
  readonly instance: number;
  readonly pauseMs: number | undefined;
  /** How long what was killed stays down, milliseconds. */
  readonly downMs: number;
}

/**
 * Longer than a mail's deadline (90 s), the minute after which events in hand are handed out again, a lease (30 s), a
 * transfer's idle limit (10 s) and every other wait between processes.
 */
export const PAUSE_MS = 95_000;
const LONGEST_DOWN_MS = 1_500;
const LATEST_MS = 2_500;

const PAUSE_PERCENT = 2;
const ANY_TIME_PERCENT = 15;
const PUSHED_PERCENT = 8;
const SOMEBODY_ELSE_PERCENT = 20;
/** Pauses are few, and each part is to have some. */
const SOMEBODY_ELSE_PAUSED_PERCENT = 60;
const INSTANCE_DRAWS = 1_000;
const SECOND_VICTIM_PERCENT = 10;
const AGAIN_PERCENT = 25;

/** The plan of one run: the same for the same seed and number. */
export function planRun(seed: number, number: number): PlannedRun {
  // Neighbouring seeds begin alike; the golden ratio spreads the numbers.
  const random = randomOf(Math.imul(seed ^ Math.imul(number + 1, 0x9e3779b1), 0x85ebca6b));
  const when = planTime(random, number);
  const pauseMs = random.percent(PAUSE_PERCENT) ? PAUSE_MS : undefined;
  return {
    number,
    mails: Array.from({ length: random.whole(1, 2) }, () => planMail(random, when)),
    when,
    victims: planVictims(random, when, pauseMs === undefined ? SOMEBODY_ELSE_PERCENT : SOMEBODY_ELSE_PAUSED_PERCENT),
    instance: random.whole(0, INSTANCE_DRAWS - 1),
    pauseMs,
    downMs: random.whole(0, LONGEST_DOWN_MS),
  };
}

/** Moments take turns, so that every one is struck equally often. */
function planTime(random: Random, number: number): When {
  if (random.percent(ANY_TIME_PERCENT)) return { kind: "any_time", afterMs: random.whole(0, LATEST_MS) };
  if (random.percent(PUSHED_PERCENT)) return { kind: "pushed" };
  const name = MOMENT_NAMES[number % MOMENT_NAMES.length] ?? random.one(MOMENT_NAMES);
  const isOfChunks = "chunk" in MOMENTS[name].reached;
  return { kind: "moment", name, count: isOfChunks ? random.whole(1, 3) : 1 };
}

function planVictims(random: Random, when: When, somebodyElsePercent: number): readonly Victim[] {
  const first = random.percent(somebodyElsePercent) ? random.one(VICTIMS) : usualVictim(random, when);
  if (!random.percent(SECOND_VICTIM_PERCENT)) return [first];
  return [first, random.one(VICTIMS.filter((victim) => victim !== first))];
}

function usualVictim(random: Random, when: When): Victim {
  switch (when.kind) {
    case "moment":
      return MOMENTS[when.name].service;
    case "pushed":
      return random.one(["erp-pusher", "ingest"] as const);
    case "any_time":
      return random.one(VICTIMS);
  }
}

function planMail(random: Random, when: When): PlannedMail {
  // Chunks are counted, and the others reach their moments with any document that is read.
  const first: PlannedDocument = {
    kind: when.kind === "moment" && when.count > 1 ? "large" : random.one(["small", "scan", "unsteady"]),
  };
  const others = Array.from({ length: random.percent(30) ? random.whole(1, 2) : 0 }, () => ({
    kind: random.one(["small", "large", "scan", "unsteady", "unreadable"] as const),
  }));
  return { documents: [first, ...others], again: random.percent(AGAIN_PERCENT) };
}
