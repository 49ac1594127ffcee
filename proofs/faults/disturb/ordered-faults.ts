import { renameSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Fault } from "../table/cell.ts";
import type { Disturbance } from "./disturbance.ts";
import { NO_ORDERS, type Orders } from "./orders.ts";

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

  /** A clock that is set: what it says is wrong, and that is the one fault it has. */
  clock(clockMs: number): Disturbance {
    return this.#disturbance(() => ({ ...NO_ORDERS, clockMs }));
  }

  /** `cut` closes what is connected, for faults that only what connects anew would meet. */
  names(cut: () => void): Disturbance {
    return this.#disturbance((fault) => {
      if (fault === "reset") setTimeout(cut, OBEYED_AFTER_MS);
      return { ...NO_ORDERS, names: NAMES[fault] ?? "well" };
    });
  }

  #disturbance(ordersFor: (fault: Fault) => Orders): Disturbance {
    const order = async (orders: Orders) => {
      this.#write(orders);
      await sleep(OBEYED_AFTER_MS);
    };
    return { begin: (fault) => order(ordersFor(fault)), end: () => order(NO_ORDERS) };
  }

  #write(orders: Orders): void {
    writeFileSync(`${this.#file}.new`, JSON.stringify(orders));
    renameSync(`${this.#file}.new`, this.#file);
  }
}
