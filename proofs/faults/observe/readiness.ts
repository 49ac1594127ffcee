import { setTimeout as sleep } from "node:timers/promises";
import { SERVICE_NAMES, type ServiceName } from "@flowstate/local/service-environment.ts";
import type { FaultSystem } from "../system/fault-system.ts";

const LOOK_EVERY_MS = 200;
/** As orchestrators ask. */
const ANSWER_LIMIT_MS = 2_000;
/** Nor does an orchestrator give an instance up for one probe that nobody answered. */
const SILENCES_UNTIL_SEEN = 2;
const READY = 200;

type Readiness = "ready" | "not_ready" | "silent";

/** Who is not ready now, or does not say. */
export async function notReadyNow(system: FaultSystem): Promise<ServiceName[]> {
  const readiness = await askAll(system);
  return SERVICE_NAMES.filter((name) => readiness[name] !== "ready");
}

/** Asks all services again and again until disposed, and remembers who was not ready at some time. */
export class ReadinessWatch implements AsyncDisposable {
  readonly seen = new Set<ServiceName>();
  readonly #silences = new Map<ServiceName, number>();
  readonly #ending = new AbortController();
  readonly #watching: Promise<void>;

  constructor(system: FaultSystem) {
    this.#watching = this.#watch(system);
  }

  async #watch(system: FaultSystem): Promise<void> {
    const { signal } = this.#ending;
    while (!signal.aborted) {
      const readiness = await askAll(system);
      for (const name of SERVICE_NAMES) this.#see(name, readiness[name]);
      await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => {});
    }
  }

  #see(name: ServiceName, readiness: Readiness): void {
    const silences = readiness === "silent" ? (this.#silences.get(name) ?? 0) + 1 : 0;
    this.#silences.set(name, silences);
    if (readiness === "not_ready" || silences >= SILENCES_UNTIL_SEEN) this.seen.add(name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    await this.#watching;
  }
}

async function askAll({ stack: { services } }: FaultSystem): Promise<Record<ServiceName, Readiness>> {
  const [ingest, extractor, erpPusher, audit] = await Promise.all([
    ask(services.ingest.url),
    ask(services.extractor.url),
    ask(services["erp-pusher"].url),
    ask(services.audit.url),
  ]);
  return { ingest, extractor, "erp-pusher": erpPusher, audit };
}

async function ask(url = ""): Promise<Readiness> {
  try {
    const answer = await fetch(new URL("/readyz", url), { signal: AbortSignal.timeout(ANSWER_LIMIT_MS) });
    await answer.body?.cancel();
    return answer.status === READY ? "ready" : "not_ready";
  } catch {
    return "silent";
  }
}
