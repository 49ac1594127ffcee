import { createLogger } from "@flowstate/runtime";
import type { Pool } from "pg";
import { openPool } from "../database/open-pool.ts";

/** One thing that an operator has done with the record by hand. */
export interface Command {
  /** Its name and its arguments, as they are typed. */
  readonly usage: string;
  /** Whether these arguments are such; `run` is called with no others. */
  accepts(args: readonly string[]): boolean;
  /** Does it and prints what came of it. False when it could not. Throws `ConfigError`. */
  run(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<boolean>;
}

/** Looking through all of a large record, far below this. */
const STATEMENT_TIMEOUT_MS = 300_000;
/** One connection holds a lock, one works. */
const CONNECTIONS = 2;

/** Connections of a command's own; what it logs goes to standard error. */
export function openCommandPool(url: string, purpose: string): Pool {
  const logger = createLogger("audit", "warn", process.stderr);
  return openPool({ url, purpose, maxConnections: CONNECTIONS, statementTimeoutMs: STATEMENT_TIMEOUT_MS, logger });
}

export function print(...lines: readonly string[]): void {
  process.stdout.write(`${lines.join("\n")}\n`);
}

export function complain(...lines: readonly string[]): void {
  for (const line of lines) process.stderr.write(`flowstate: ${line}\n`);
}
