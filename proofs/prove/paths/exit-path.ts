import type { IncomingHttpHeaders } from "node:http";
import type { Bench } from "../bench/bench.ts";
import type { Planter } from "../canaries/canary.ts";

/** What came back of what was sent. */
export interface Answered {
  /** Undefined when there was no answer. */
  readonly status: number | undefined;
  /** Of an HTTP answer. */
  readonly headers?: IncomingHttpHeaders;
  readonly body: unknown;
  /** The body holds an extraction, because its caller asked for it: not searched, its headers are. */
  readonly isCallersOwn?: true;
}

export const NO_ANSWER: Answered = { status: undefined, body: undefined };

/** One way on which content comes in and leaves, or is given up. */
export interface ExitPath {
  readonly name: string;
  /** What shows that this way was taken and no other. */
  readonly expects: {
    /** `none`: there was no answer. */
    readonly status: number | "none";
    /** A code or an end that the log or the answer names. */
    readonly says?: string;
  };
  /** How long what it left may stay, milliseconds: 1 s after an answer, 5 s after an abort or a kill. */
  readonly graceMs: number;
  /** What is sent holds canaries of `planter` and of nobody else. */
  run(bench: Bench, planter: Planter): Promise<Answered>;
  /** Puts back in order what it broke. */
  mend?(bench: Bench, planter: Planter): Promise<void>;
}

export const AFTER_ANSWER_MS = 1_000;
export const AFTER_ABORT_MS = 5_000;

/** A path that ends with an answer. */
export function answered(
  name: string,
  status: number,
  says: string | undefined,
  run: ExitPath["run"],
  mend?: ExitPath["mend"],
): ExitPath {
  const expects = { status, ...(says !== undefined && { says }) };
  return { name, expects, graceMs: AFTER_ANSWER_MS, run, ...(mend !== undefined && { mend }) };
}
