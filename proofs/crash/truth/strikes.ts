import type { Victim } from "../plan/plan-run.ts";

/** Whose end can cost what is known of a push: whoever pushed, whoever waits for its outcome, and what is between them. */
const CARRIERS: ReadonlySet<Victim> = new Set(["ingest", "erp-pusher", "nats-server"]);

interface Strike {
  /** Milliseconds since 1970, as all times here. */
  readonly from: number;
  until: number;
}

/** When it was struck what carries the outcome of a push. */
export class Strikes {
  readonly #strikes: Strike[] = [];

  /** One begins. `isErpSilent` says that the ERP keeps back its answer meanwhile, whoever is struck. Call the answer when it is over. */
  begin(victims: readonly Victim[], { isErpSilent }: { readonly isErpSilent: boolean }): () => void {
    const strike: Strike = { from: Date.now(), until: Number.POSITIVE_INFINITY };
    if (isErpSilent || victims.some((victim) => CARRIERS.has(victim))) this.#strikes.push(strike);
    return () => {
      strike.until = Date.now();
    };
  }

  /** Whether there was one at any time from `from` to `until`. */
  anyBetween(from: number, until: number): boolean {
    return this.#strikes.some((strike) => strike.from <= until && strike.until >= from);
  }
}
