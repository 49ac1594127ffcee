import type { CodeOf, LogEvent } from "@flowstate/contracts";
import type { ServiceName } from "@flowstate/local/service-environment.ts";

/** What Flowstate cannot work without, or works beside. */
export const DEPENDENCIES = {
  nats: "NATS",
  jetstream: "JetStream alone",
  postgres: "PostgreSQL",
  gemini: "Gemini",
  erp: "the ERP",
  slack: "Slack",
  otlp: "the OTLP collector",
  nats_disk: "the broker's disk",
  postgres_disk: "PostgreSQL's disk",
  clock_ahead: "clocks, a day ahead",
  clock_behind: "clocks, a day behind",
  dns: "DNS",
} as const;
export type Dependency = keyof typeof DEPENDENCIES;

export const FAULTS = ["refuse", "hang", "slow", "reset", "garbage", "flapping"] as const;
export type Fault = (typeof FAULTS)[number];

/** Which document the cell's mail carries: one with its data inside, or one that takes a model. */
export type Carried = "e-invoice" | "scan";

/** What must be true when one dependency fails in one way. */
export interface Statement {
  /** What the dependency does, where that is not what the fault's name says. */
  readonly as?: string;
  /** What the sender of a mail that comes meanwhile may be answered. 503 is the sender's to send again. */
  readonly answer: readonly (200 | 503)[];
  /** Codes with which the record must show the document as deferred, though it was delivered in the end. */
  readonly deferred: readonly CodeOf<"deferred">[];
  /** Codes with which it may: whether it comes to that is a matter of moments. */
  readonly mayDefer?: readonly CodeOf<"deferred">[];
  /** Lines that a service must log. */
  readonly logs: readonly LogEvent[];
  /** Who says on `/readyz` that nobody should come. */
  readonly notReady: readonly ServiceName[];
  /** Who may say so: what fails now and then is seen or not. */
  readonly mayNotBeReady?: readonly ServiceName[];
  /** How long the fault lasts at least, milliseconds, where something that is stated of it takes longer than usual. */
  readonly lastsMs?: number;
  /** From the end of the fault until the same mail and a new one are delivered and everybody is ready: a bound below. */
  readonly within: Bound;
  /** Until then everything that came meanwhile is on record, too: of what the record depends on. */
  readonly isRecordedWithin?: true;
  /** Why, and what an operator should know. */
  readonly because: string;
}

/** A cell of the table: what is stated, or why there is nothing to state. */
export type Cell = Statement | { readonly none: string };

export type Row = Readonly<Record<Fault, Cell>>;

/** How soon all is well again, milliseconds, on a machine that is not busy with something else. */
export const BOUNDS = {
  "with the next mails": 20_000,
  "when connected again": 25_000,
  "when the silence is noticed": 30_000,
  "when an ERP's circuit is tried": 30_000,
  "when a lease is over": 45_000,
  "at audit's next look": 45_000,
  "at the next export": 45_000,
} as const;
export type Bound = keyof typeof BOUNDS;

/**
 * How soon after the end of any fault all that the mails left is on record, milliseconds: what audit had in hand when it was cut
 * off is handed out again after a minute.
 */
export const RECORDED_WITHIN_MS = 80_000;

export function isStated(cell: Cell): cell is Statement {
  return "answer" in cell;
}
