import { createLogger, type Logger } from "@flowstate/runtime";
import type { Fault } from "../target.ts";
import { holdsCanary } from "./canary.ts";

/** A log of every level, whose lines are looked at. */
export class WatchedLog {
  readonly #lines: string[] = [];
  readonly logger: Logger;

  constructor(service: "audit" | "extractor") {
    this.logger = createLogger(service, "debug", { write: (line) => void this.#lines.push(line) });
  }

  /** What was logged since this was last asked. */
  take(): readonly string[] {
    return this.#lines.splice(0);
  }

  /** What is wrong with that. */
  check(): Fault | undefined {
    return echoIn(this.take());
  }
}

/** Whether lines of a log hold what was sent. */
export function echoIn(lines: readonly string[]): Fault | undefined {
  return lines.some(holdsCanary) ? { kind: "echo", what: "a log line holds what was sent" } : undefined;
}
