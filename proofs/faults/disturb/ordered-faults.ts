import { renameSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { SignedTimes } from "../observe/signed-times.ts";
import type { Fault } from "../table/cell.ts";
import type { Disturbance } from "./disturbance.ts";
import type { Encounters } from "./encounters.ts";
import { NAME_DISTURBED, NO_ORDERS, type Orders } from "./orders.ts";

/** Twice as long as a service takes to see an order. */
const OBEYED_AFTER_MS = 100;

const NAMES: Readonly<Partial<Record<Fault, Orders["names"]>>> = {
  refuse: "not_found",
  hang: "silent",
  slow: "slow",
  reset: "try_again",
  garbage: "wrong",
};

/** Tells the services' processes what fails within them. */
export class OrderedFaults {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
    this.#write(NO_ORDERS);
  }

  /**
   * A clock that is set: what it says is wrong, and that is the one fault it has. Somebody meets it when an ERP is shown the
   * wrong time; that a service has asked for it says nothing, they always do.
   */
  clock(clockMs: number, signed: SignedTimes): Disturbance {
    return this.#disturbance(
      () => ({ ...NO_ORDERS, clockMs }),
      () => signed.wrong,
    );
  }

  /** `cut` closes what is connected, for faults that only what connects anew would meet. */
  names(cut: () => void, encounters: Encounters): Disturbance {
    return this.#disturbance(
      (fault) => {
        if (fault === "reset") setTimeout(cut, OBEYED_AFTER_MS);
        return { ...NO_ORDERS, names: NAMES[fault] ?? "well" };
      },
      () => encounters.count(NAME_DISTURBED),
    );
  }

  #disturbance(ordersFor: (fault: Fault) => Orders, met: () => number): Disturbance {
    const order = async (orders: Orders) => {
      this.#write(orders);
      await sleep(OBEYED_AFTER_MS);
    };
    return { begin: (fault) => order(ordersFor(fault)), end: () => order(NO_ORDERS), met: async () => met() };
  }

  #write(orders: Orders): void {
    writeFileSync(`${this.#file}.new`, JSON.stringify(orders));
    renameSync(`${this.#file}.new`, this.#file);
  }
}
