import { once } from "node:events";
import { connect as connectSocket, type Socket, type TcpNetConnectOpts } from "node:net";
import { familyOf } from "@flowstate/runtime";
import { errors } from "undici";
import { type AddressGuard, AddressRefusedError } from "./guard-addresses.ts";
import { type ResolveName, resolveTogether, systemResolve } from "./resolve-name.ts";

/** How long one of several addresses may take before the next is tried as well: above a round trip around the world. */
const NEXT_ADDRESS_MS = 1_000;

/** The system's way into the network. */
export interface Network {
  readonly resolve: ResolveName;
  readonly connect: (options: TcpNetConnectOpts) => Socket;
}

/** One for the whole process, because what it bounds belongs to the process. */
export const SYSTEM_NETWORK: Network = { resolve: resolveTogether(systemResolve), connect: connectSocket };

interface Destination {
  /** A name or an address, without brackets. */
  readonly host: string;
  readonly port: number;
  /** Longest time for finding the addresses and connecting to one of them, milliseconds. */
  readonly timeLimitMs: number;
  /** Stops the connecting when aborted. An established connection is its owner's to close. */
  readonly signal: AbortSignal;
}

/**
 * Connects to `host`, to an address that `guard` lets pass. The name is asked for once and the socket gets the addresses
 * that passed, so that no second answer can differ from the checked one; the connected socket's own address is checked
 * again, before anything is written. Every connection asks and checks anew. Rejects with `AddressRefusedError` when no
 * address passes, undici's `ConnectTimeoutError`, or the system's error.
 */
export async function connectGuarded(
  { host, port, timeLimitMs, signal }: Destination,
  guard: AddressGuard,
  network: Network,
): Promise<Socket> {
  signal.throwIfAborted();
  const overdue = AbortSignal.timeout(timeLimitMs);
  const stop = AbortSignal.any([signal, overdue]);
  let socket: Socket | undefined;
  try {
    const addresses = familyOf(host) === undefined ? await unlessAborted(network.resolve(host), stop) : [host];
    socket = network.connect({ host, port, ...pinnedTo(permitted(addresses, guard)) });
    // What ends a connection is told to whoever reads and writes on it; here it must only not end the process.
    socket.on("error", () => {});
    await once(socket, "connect", { signal: stop });
    const { remoteAddress } = socket;
    // A connection that was reset meanwhile has no other end any more: that says nothing about where it led.
    if (remoteAddress === undefined) throw Object.assign(new Error("reset at once"), { code: "ECONNRESET" });
    permitted([remoteAddress], guard);
    return socket;
  } catch (error) {
    socket?.destroy();
    signal.throwIfAborted();
    throw overdue.aborted ? new errors.ConnectTimeoutError() : error;
  }
}

/** Those of the addresses that pass. With none, the first one's class is the reason. */
function permitted(addresses: readonly string[], guard: AddressGuard): readonly string[] {
  const passed = addresses.filter((address) => guard(address) === undefined);
  if (passed.length > 0) return passed;
  const [first = ""] = addresses;
  throw new AddressRefusedError(first, guard(first) ?? "no_address");
}

/** Has the socket try these addresses and ask for no others: of an address as host, it asks for none at all. */
function pinnedTo(addresses: readonly string[]): Partial<TcpNetConnectOpts> {
  const found = addresses.map((address) => ({ address, family: familyOf(address) === "ipv6" ? 6 : 4 }));
  return {
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: NEXT_ADDRESS_MS,
    lookup: (_name, _options, callback) => callback(null, found),
  };
}

/** What cannot be called off is at least not waited for. */
async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
