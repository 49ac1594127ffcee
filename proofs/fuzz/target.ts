import type { DatabaseUrls } from "@flowstate/local/servers/postgres.ts";
import type { Random } from "../crash/plan/random.ts";

/** What can be wrong with how an input was taken. */
export const FAULT_KINDS = [
  /** The process ended, or something that nobody caught was thrown in it. */
  "crash",
  /** Nothing came within the target's time. */
  "hang",
  /** A 5xx other than 503. */
  "server_error",
  /** An answer that is neither what the endpoint answers nor `{"error":"<category>"}` with its status. */
  "body",
  /** Bytes of an input in an answer, a log line, an event or a row. */
  "echo",
  /** Memory that does not come back. */
  "leak",
  /** A file or an address was opened because an input named it, or an entity was expanded. */
  "reached_out",
  /** A promise that the target itself makes, and states, is broken. */
  "broken_promise",
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

export interface Fault {
  readonly kind: FaultKind;
  /** In words of this proof: never of the input. */
  readonly what: string;
}

/**
 * How far an input came. `accepted`: through the door, to what lies behind it. `refused`: no further than a refusal. Where
 * nothing is ever accepted, the door alone is looked at.
 */
export type Taken = "accepted" | "refused";

/** What a target is opened with. */
export interface TargetSurroundings {
  /** Folders whose files are seeds, too. */
  readonly corpora: readonly string[];
  /** A database that is there already; otherwise a target that needs one starts PostgreSQL. */
  readonly database?: DatabaseUrls | undefined;
}

/** One door that input comes through. */
export interface Target {
  readonly name: string;
  /** What is real here, in a few words. */
  readonly runs: string;
  /** Its part of all inputs, in thousandths. */
  readonly share: number;
  /** Inputs under way at the same time. */
  readonly atOnce: number;
  /** Longer than 2 s only where the service itself promises no more. */
  readonly limitMs?: number;
  open(surroundings: TargetSurroundings): Promise<OpenTarget>;
}

export interface OpenTarget extends AsyncDisposable {
  /** The same for the same chances. */
  make(random: Random): Buffer;
  /** Gives the input to the code, waits until it is done with it, and says how far it came or what was wrong. */
  give(input: Buffer): Promise<Taken | Fault>;
  /**
   * What can only be seen when all inputs of a run have been given: whether it still works as before, what it holds. Nothing
   * is given afterwards.
   */
  settle?(): Promise<Fault | undefined>;
}

/** The longest that anything may take, milliseconds. */
export const DEFAULT_LIMIT_MS = 2_000;
