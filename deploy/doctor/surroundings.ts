import { readFileSync } from "node:fs";
import { checkHardening, type HardeningFinding } from "@flowstate/ghost";

/** What the doctor sees of the place where it runs. Tests have another. */
export interface Surroundings {
  readonly now: () => Date;
  /** How long an answer from outside is waited for, milliseconds. */
  readonly patienceMs: number;
  /** Of a process that was started as the services are; undefined when this one was not. */
  readonly hardening: (() => readonly HardeningFinding[]) | undefined;
  /** The limit of this container, bytes; undefined when there is none, or none that is the services'. */
  readonly memoryLimit: () => number | undefined;
}

const PATIENCE_MS = 10_000;
/** cgroup v2; "max" when there is none. */
const MEMORY_LIMIT_FILE = "/sys/fs/cgroup/memory.max";

/** `asService`: this process has a service's own environment, container and way of being started. */
export function realSurroundings({ asService }: { readonly asService: boolean }): Surroundings {
  return {
    now: () => new Date(),
    patienceMs: PATIENCE_MS,
    hardening: asService ? checkHardening : undefined,
    memoryLimit: () => (asService ? memoryLimit() : undefined),
  };
}

function memoryLimit(): number | undefined {
  try {
    const limit = Number(readFileSync(MEMORY_LIMIT_FILE, "utf8"));
    return Number.isFinite(limit) ? limit : undefined;
  } catch {
    return undefined;
  }
}
