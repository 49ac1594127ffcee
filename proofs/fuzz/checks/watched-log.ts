import { createLogger, type Logger } from "@flowstate/runtime";
import { holdsCanary } from "../checks/canary.ts";
import type { Fault } from "../target.ts";

/** A log of every level, whose lines are looked at. */
export class WatchedLog {
  readonly #lines: string[] = [];
  readonly logger: Logger = createLogger("audit", "debug", { write: (line) => void this.#lines.push(line) });

  /** What is wrong with what was logged since this was last asked. */
  check(): Fault | undefined {
    if (!this.#lines.splice(0).some(holdsCanary)) return undefined;
    return { kind: "echo", what: "a log line holds what was sent" };
  }
}
