/** What the process of a service is told by the file that this variable names, as JSON. */
export const ORDERS_VARIABLE = "FLOWSTATE_FAULT_ORDERS";

export interface Orders {
  /** How far its clock is off, milliseconds. */
  readonly clockMs: number;
  /** How the resolver answers: `wrong` says an address at which nobody listens, `silent` gives up after ten seconds. */
  readonly names: "well" | "not_found" | "try_again" | "silent" | "slow" | "wrong";
}

export const NO_ORDERS: Orders = { clockMs: 0, names: "well" };
