import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { HARDENED_ENVIRONMENT, HARDENED_NODE_FLAGS } from "@flowstate/ghost";
import { type Given, type Opening, type Order, type Saying, type SeenFault, sayingSchema } from "./messages.ts";

const PROGRAM = fileURLToPath(new URL("./process-main.ts", import.meta.url));
const STDERR_BYTES = 4_000;
/** Servers have to be started first, on a machine that may be busy. */
const OPEN_LIMIT_MS = 120_000;
const END_LIMIT_MS = 15_000;
/** What is asked when all was given looks at more than one input does. */
const SETTLE_LIMIT_MS = 60_000;
const WATCH_INTERVAL_MS = 250;

export interface RangeOver {
  readonly kind: "over";
  readonly faults: readonly SeenFault[];
  readonly processorMs: number;
}

export interface RangeBroken {
  /** `ended`: by itself. `silent`: nothing was heard of an input for too long, so it was killed. */
  readonly kind: "ended" | "silent";
  /** Numbers of the inputs that were under way. */
  readonly underWay: readonly number[];
  /** The first number that was not begun. */
  readonly next: number;
  /** The last of what it wrote. */
  readonly detail: string;
}

/** A process of its own in which one target is open. */
export class FuzzProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #silenceMs: number;
  #stderr = "";
  #listener: ((saying: Saying) => void) | undefined;
  #exited = false;

  private constructor(opening: Opening, silenceMs: number) {
    this.#silenceMs = silenceMs;
    this.#child = fork(PROGRAM, [JSON.stringify(opening)], {
      execArgv: [...HARDENED_NODE_FLAGS],
      env: { ...process.env, ...HARDENED_ENVIRONMENT },
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    this.#child.stderr?.on("data", (data: Buffer) => {
      this.#stderr = (this.#stderr + data.toString()).slice(-STDERR_BYTES);
    });
    this.#child.on("exit", () => {
      this.#exited = true;
    });
    this.#child.on("message", (message) => this.#listener?.(sayingSchema.parse(message)));
  }

  /** Resolves when the target is open. Rejects with the end of what the process wrote. `silenceMs`: see `RangeBroken`. */
  static async start(opening: Opening, silenceMs: number): Promise<FuzzProcess> {
    const started = new FuzzProcess(opening, silenceMs);
    const heard = await started.#hear((saying) => saying.say === "open", OPEN_LIMIT_MS);
    if (heard === undefined) {
      await started[Symbol.asyncDispose]();
      throw new Error(`target ${opening.target} did not open: ${started.#stderr}`);
    }
    return started;
  }

  /** Has inputs made and given. Told of each that is done. */
  async run(
    order: Omit<Extract<Order, { order: "run" }>, "order">,
    onDone: (done: Extract<Saying, { say: "done" }>) => void,
  ): Promise<RangeOver | RangeBroken> {
    const underWay = new Map<number, number>();
    let next = order.from;
    let heardAt = performance.now();
    const over = Promise.withResolvers<RangeOver | RangeBroken["kind"]>();
    const exited = () => over.resolve("ended");
    this.#child.once("exit", exited);
    this.#listener = (saying) => {
      heardAt = performance.now();
      if (saying.say === "begun") {
        underWay.set(saying.number, performance.now());
        next = Math.max(next, saying.number + 1);
      }
      if (saying.say === "done") {
        underWay.delete(saying.number);
        onDone(saying);
      }
      if (saying.say === "over") over.resolve({ ...saying, kind: "over" });
    };
    let watchedAt = performance.now();
    const watch = setInterval(() => {
      // What the machine itself stood still, because it was busy or asleep, is nobody's silence.
      const stoodMs = Math.max(0, performance.now() - watchedAt - 2 * WATCH_INTERVAL_MS);
      watchedAt = performance.now();
      for (const [number, begunAt] of underWay) underWay.set(number, begunAt + stoodMs);
      heardAt += stoodMs;
      const oldest = Math.min(...underWay.values());
      const unsettledMs = underWay.size === 0 ? watchedAt - heardAt : 0;
      if (watchedAt - oldest > this.#silenceMs || unsettledMs > SETTLE_LIMIT_MS) over.resolve("silent");
    }, WATCH_INTERVAL_MS);
    this.#child.send({ order: "run", ...order } satisfies Order);
    const outcome = this.#exited ? "ended" : await over.promise;
    clearInterval(watch);
    this.#child.off("exit", exited);
    this.#listener = undefined;
    if (typeof outcome !== "string") return outcome;
    if (outcome === "silent") this.kill();
    return { kind: outcome, underWay: [...underWay.keys()], next, detail: this.#stderr };
  }

  /** What an input is; undefined when the process is gone. */
  async make(seed: number, number: number): Promise<Buffer | undefined> {
    const heard = await this.#ask({ order: "make", seed, number });
    return heard?.say === "made" ? Buffer.from(heard.input, "base64") : undefined;
  }

  /** Gives one input and says what was wrong, that the process ended or fell silent included. */
  async give(input: Buffer): Promise<Given> {
    const heard = await this.#ask({ order: "give", input: input.toString("base64") });
    if (heard?.say === "given") return heard;
    const ended = this.#exited;
    this.kill();
    const fault = ended
      ? ({ kind: "crash", what: "the process ended", detail: this.#stderr } as const)
      : ({ kind: "hang", what: "the process fell silent" } as const);
    return { ms: this.#silenceMs, firstMs: this.#silenceMs, accepted: false, fault };
  }

  /** What was wrong when all was given. */
  async settle(): Promise<SeenFault | undefined> {
    const heard = await this.#ask({ order: "settle" }, SETTLE_LIMIT_MS);
    return heard?.say === "settled" ? heard.fault : { kind: "hang", what: "it does not settle" };
  }

  get alive(): boolean {
    return !this.#exited && !this.#child.killed;
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#exited) return;
    const exited = once(this.#child, "exit");
    if (this.#child.connected) this.#child.disconnect();
    const overdue = setTimeout(() => this.kill(), END_LIMIT_MS);
    await exited;
    clearTimeout(overdue);
  }

  #ask(order: Order, limitMs = this.#silenceMs): Promise<Saying | undefined> {
    if (!this.alive) return Promise.resolve(undefined);
    const heard = this.#hear(({ say }) => say === "made" || say === "given" || say === "settled", limitMs);
    this.#child.send(order);
    return heard;
  }

  /** Undefined when it ends, or nothing of the kind is said in time. */
  #hear(isIt: (saying: Saying) => boolean, limitMs: number): Promise<Saying | undefined> {
    const { promise, resolve } = Promise.withResolvers<Saying | undefined>();
    const exited = () => resolve(undefined);
    const overdue = setTimeout(exited, limitMs);
    this.#child.once("exit", exited);
    this.#listener = (saying) => isIt(saying) && resolve(saying);
    return promise.finally(() => {
      clearTimeout(overdue);
      this.#child.off("exit", exited);
      this.#listener = undefined;
    });
  }
}
