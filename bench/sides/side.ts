import type { Database } from "./database.ts";

/** A system under load: where it takes mails, and which processes it consists of. */
export interface Side extends AsyncDisposable {
  readonly name: string;
  readonly url: string;
  readonly apiKey: string;
  /** The address its mails must be to. */
  readonly recipient: string;
  /** By name; empty when they are somebody else's. Asked anew each time, because a database starts and ends some. */
  processes(): Readonly<Record<string, readonly number[]>>;
  /** Undefined when it is somebody else's. */
  readonly database: Database | undefined;
  /** How many requests the ERP has had, of both sides; undefined when it is somebody else's. */
  pushed?(): Promise<number>;
  /** The median of each stage since then, milliseconds; undefined when it does not tell. */
  stages?(since: Date): Promise<Readonly<Record<string, number>>>;
}

/** What both sides are given: the doubles' addresses. */
export interface Doubles {
  readonly modelUrl: string;
  readonly erpUrl: string;
  /** How many requests the ERP has had so far. */
  pushed(): Promise<number>;
}

export const GEMINI_API_KEY = "bench-gemini-key-0123456789";
