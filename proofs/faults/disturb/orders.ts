/** What the process of a service is told by the file that this variable names, as JSON. */
export const ORDERS_VARIABLE = "FLOWSTATE_FAULT_ORDERS";
/** To the file that this variable names it adds a line for each fault that only the process itself sees. */
export const ENCOUNTERS_VARIABLE = "FLOWSTATE_FAULT_ENCOUNTERS";

export interface Orders {
  /** How far its clock is off, milliseconds. */
  readonly clockMs: number;
  /** How the resolver answers: `wrong` says an address at which nobody listens, `silent` gives up after ten seconds. */
  readonly names: "well" | "not_found" | "try_again" | "silent" | "slow" | "wrong";
}

export const NO_ORDERS: Orders = { clockMs: 0, names: "well" };

/** The line for a name that was asked for while the resolver was not well. */
export const NAME_DISTURBED = "name";

/** The line for a connection that was refused at this port of 127.0.0.1. */
export function refusedAt(port: number): string {
  return `refused ${port}`;
}
