import { setTimeout as sleep } from "node:timers/promises";
import { SERVICE_NAMES, type ServiceName } from "@flowstate/local/service-environment.ts";
import type { FaultSystem } from "../system/fault-system.ts";

const LOOK_EVERY_MS = 200;
/** As orchestrators ask: one that takes longer counts as not ready. */
const ANSWER_LIMIT_MS = 2_000;
const READY = 200;

/** Who is not ready now. */
export async function notReadyNow({ stack }: FaultSystem): Promise<ServiceName[]> {
  const ready = await Promise.all(SERVICE_NAMES.map((name) => isReady(stack.services[name].url ?? "")));
  return SERVICE_NAMES.filter((_name, index) => ready[index] === false);
}

/** Asks all services again and again until disposed, and remembers who was not ready at some time. */
export class ReadinessWatch implements AsyncDisposable {
  readonly seen = new Set<ServiceName>();
  readonly #ending = new AbortController();
  readonly #watching: Promise<void>;

  constructor(system: FaultSystem) {
    this.#watching = this.#watch(system);
  }

  async #watch(system: FaultSystem): Promise<void> {
    const { signal } = this.#ending;
    while (!signal.aborted) {
      for (const name of await notReadyNow(system)) this.seen.add(name);
      await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => {});
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    await this.#watching;
  }
}

async function isReady(url: string): Promise<boolean> {
  try {
    const answer = await fetch(new URL("/readyz", url), { signal: AbortSignal.timeout(ANSWER_LIMIT_MS) });
    await answer.body?.cancel();
    return answer.status === READY;
  } catch {
    return false;
  }
}
