import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { endWithUs, forget } from "../../../deploy/local/servers/reaper.ts";
import type { PlanName } from "../plans.ts";
import type { ControlPaths } from "./control-system.ts";

/** What the control left, of loads and paths together, and how far it went the way that the hardened system goes. */
export interface ControlOutcome extends ControlPaths {
  /** How long each part took, milliseconds. */
  readonly parts: Readonly<Record<string, number>>;
}

const MAIN = fileURLToPath(new URL("control-main.ts", import.meta.url));
/** The lowest that there is: the control has the processor time that the hardened system leaves. */
const NICE = ["nice", "-n", "19"] as const;

/** The control in a process of its own, so that it neither delays the hardened system nor shares an event loop with its doubles. */
export class ControlProcess implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #outcome: Promise<ControlOutcome>;

  private constructor(child: ChildProcess, outcome: Promise<ControlOutcome>) {
    this.#process = child;
    this.#outcome = outcome;
    // Whoever asks for it is told.
    outcome.catch(() => {});
  }

  static start(plan: PlanName): ControlProcess {
    const [command, ...args] = [...NICE, process.execPath, MAIN, plan];
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "inherit"] });
    if (child.pid !== undefined) endWithUs(child.pid, "TERM");
    return new ControlProcess(child, outcomeOf(child));
  }

  /** Rejects when it was not gone to its end. */
  outcome(): Promise<ControlOutcome> {
    return this.#outcome;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill("SIGTERM");
    await this.#outcome.catch(() => {});
  }
}

async function outcomeOf(child: ChildProcess): Promise<ControlOutcome> {
  const { stdout } = child;
  if (stdout === null) throw new Error("the control says nothing");
  const [said, [code]] = await Promise.all([text(stdout), once(child, "exit")]);
  if (child.pid !== undefined) forget(child.pid);
  if (code !== 0) throw new Error(`the control ended with ${code ?? child.signalCode}`);
  const outcome: ControlOutcome = JSON.parse(said);
  return outcome;
}
