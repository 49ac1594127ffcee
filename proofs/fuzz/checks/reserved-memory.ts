import { setTimeout as sleep } from "node:timers/promises";
import { metrics } from "@opentelemetry/api";
import { MeterProvider, MetricReader } from "@opentelemetry/sdk-metrics";

const POLL_MS = 20;

/** Asked when somebody wants to know, and at no other time. */
class AskedReader extends MetricReader {
  protected override async onShutdown(): Promise<void> {}
  protected override async onForceFlush(): Promise<void> {}
}

/**
 * How much memory for content a service of this process has reserved, as its own metric says. To be made before the service
 * starts, and once in a process.
 */
export class ReservedMemory {
  readonly #reader = new AskedReader();

  constructor() {
    metrics.setGlobalMeterProvider(new MeterProvider({ readers: [this.#reader] }));
  }

  /** Whether all is given back within that time. Throws when no service says what it has reserved. */
  async isGivenBackWithin(limitMs: number): Promise<boolean> {
    const giveUpAt = performance.now() + limitMs;
    while ((await this.#bytes()) > 0) {
      if (performance.now() > giveUpAt) return false;
      await sleep(POLL_MS);
    }
    return true;
  }

  async #bytes(): Promise<number> {
    const { resourceMetrics } = await this.#reader.collect();
    const values = resourceMetrics.scopeMetrics
      .flatMap((scope) => scope.metrics)
      .filter(({ descriptor }) => descriptor.name === "flowstate.memory.usage")
      .flatMap(({ dataPoints }) => dataPoints.map(({ value }) => Number(value)));
    if (values.length === 0) throw new Error("no service says how much memory it has reserved");
    return Math.max(...values);
  }
}
