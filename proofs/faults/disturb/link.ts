import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Fault } from "../table/cell.ts";
import type { Disturbance } from "./disturbance.ts";

/** What a slow link needs for each piece that the kernel hands on, milliseconds. */
const SLOW_PIECE_MS = 300;
/** Below the ports that systems give to outgoing connections: nobody gets a port that refuses for a while. */
const FIRST_PORT = 15_000;
const PORTS = 15_000;
const LISTEN_ATTEMPTS = 50;
const LISTEN_PAUSE_MS = 100;
const GARBAGE = Buffer.from(Array.from({ length: 64 * 1024 }, (_, index) => (index * 197 + 89) % 256));

/** What sees the bytes of one connection to the dependency on their way, and may keep them back. */
export interface Passage {
  /** What is handed on of the bytes that came from the service. */
  take(bytes: Buffer): Buffer;
}

/** Asked for each connection who is to see its bytes. */
type Watch = (service: Socket, dependency: Socket) => Passage;

const untouched: Watch = () => ({ take: (bytes) => bytes });

export interface LinkOptions {
  readonly slowMs?: number;
  readonly watch?: Watch;
}

interface Pair {
  readonly service: Socket;
  readonly dependency: Socket;
}

/**
 * A TCP connection's way from a service to a dependency, which can be disturbed while it is in use: all connections that
 * exist, and all that are made meanwhile. Listens on 127.0.0.1.
 *
 * - `refuse`: existing connections are reset, nobody listens. Only who is refused knows of it, so `met` does not count them;
 * - `hang`: connections are taken, and nothing passes in either direction;
 * - `slow`: every piece takes so many milliseconds more, one after the other;
 * - `reset`: what the service sends arrives, and the connection is reset in place of the answer;
 * - `garbage`: what the service sends arrives, and as many other bytes come back in place of the answer.
 */
export class Link implements Disturbance, AsyncDisposable {
  readonly port: number;
  readonly #target: number;
  readonly #slowMs: number;
  readonly #watch: Watch;
  readonly #pairs = new Set<Pair>();
  #server: Server | undefined;
  #fault: Fault | undefined;
  /** Settles when nothing hangs any more. */
  #passable = Promise.withResolvers<void>();
  #met = 0;

  private constructor(port: number, target: number, { slowMs = SLOW_PIECE_MS, watch = untouched }: LinkOptions) {
    this.port = port;
    this.#target = target;
    this.#slowMs = slowMs;
    this.#watch = watch;
  }

  /** `target` is the dependency's port on 127.0.0.1. */
  static async to(target: number, options: LinkOptions = {}): Promise<Link> {
    for (let attempt = 1; ; attempt += 1) {
      const link = new Link(FIRST_PORT + Math.floor(Math.random() * PORTS), target, options);
      try {
        await link.#listen();
        return link;
      } catch (error) {
        if (attempt === LISTEN_ATTEMPTS) throw error;
      }
    }
  }

  async begin(fault: Fault): Promise<void> {
    this.#fault = fault;
    if (fault === "refuse") await this.#stopListening();
    if (fault === "refuse" || fault === "reset") this.cut();
    if (fault === "hang") this.#passable = Promise.withResolvers<void>();
  }

  async end(): Promise<void> {
    this.#fault = undefined;
    this.#passable.resolve();
    for (let attempt = 1; this.#server === undefined; attempt += 1) {
      await this.#listen().catch(async (error: unknown) => {
        if (attempt === LISTEN_ATTEMPTS) throw error;
        await sleep(LISTEN_PAUSE_MS);
      });
    }
  }

  /** Pieces kept back or delayed, and answers in whose place there was a reset or garbage. */
  async met(): Promise<number> {
    return this.#met;
  }

  /** Resets every connection that exists. */
  cut(): void {
    for (const pair of this.#pairs) reset(pair);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stopListening();
    this.cut();
  }

  async #listen(): Promise<void> {
    const server = createServer((service) => this.#join(service)).listen(this.port, "127.0.0.1");
    await once(server, "listening");
    this.#server = server;
  }

  async #stopListening(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    // Calls back when the last connection is gone, too; that nobody listens is true at once.
    server?.close();
  }

  #join(service: Socket): void {
    const dependency = connect({ host: "127.0.0.1", port: this.#target });
    const pair = { service, dependency };
    this.#pairs.add(pair);
    service.setNoDelay(true);
    dependency.setNoDelay(true);
    // Either end may go away at any time; the other end is told by `close`.
    for (const socket of [service, dependency]) socket.on("error", () => {});
    const passage = this.#watch(service, dependency);
    this.#carry(service, dependency, (bytes) => passage.take(bytes));
    this.#carry(dependency, service, (bytes) => this.#answered(pair, bytes));
    service.once("close", () => dependency.destroy());
    dependency.once("close", () => {
      service.destroySoon();
      this.#pairs.delete(pair);
    });
  }

  /** Hands on what comes, in its order. */
  #carry(from: Socket, to: Socket, through: (bytes: Buffer) => Buffer): void {
    let carried = Promise.resolve();
    from.on("data", (bytes) => {
      carried = carried.then(async () => {
        await this.#mayPass(from);
        const passing = through(bytes);
        if (passing.byteLength > 0 && !to.destroyed) to.write(passing);
      });
    });
    from.once("end", () => void carried.then(() => to.end()));
  }

  /** Later when it is slow, and when it hangs not before it is well; nothing more is read of that end until then. */
  async #mayPass(from: Socket): Promise<void> {
    if (this.#fault === "slow") {
      this.#met += 1;
      await sleep(this.#slowMs);
    } else if (this.#fault === "hang") {
      this.#met += 1;
      from.pause();
      await this.#passable.promise;
      from.resume();
    }
  }

  #answered(pair: Pair, bytes: Buffer): Buffer {
    if (this.#fault !== "garbage" && this.#fault !== "reset") return bytes;
    this.#met += 1;
    if (this.#fault === "garbage") return GARBAGE.subarray(0, bytes.byteLength);
    reset(pair);
    return Buffer.alloc(0);
  }
}

function reset({ service, dependency }: Pair): void {
  service.resetAndDestroy();
  dependency.destroy();
}
