import { once } from "node:events";
import { request as askPlain } from "node:http";
import { request as askEncrypted } from "node:https";
import { connect, createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** How long after one look at an instance the next one comes. */
export const CHECK_INTERVAL_MS = 200;
const CHECK_LIMIT_MS = 1_000;

/** What stands before several instances of a service: hands each connection to the next of them, TLS and all. */
export interface BalancerDouble extends AsyncDisposable {
  /** As the instances' own, with the balancer's port. */
  readonly url: string;
  /** How many connections each instance took, in the order of `urls`. */
  readonly connections: readonly number[];
}

/**
 * Listens on a free loopback port. `urls` are the instances' own, whose ports stay when they are started again; `trusted` is
 * whom to trust that their certificates are right, PEM. It asks each instance's `/readyz` again and again, and hands
 * connections to those that were ready when last asked; to any, when none was. An instance that refuses a connection is passed
 * over; when all refuse, the caller's connection is closed.
 */
export async function startBalancer(
  urls: readonly string[],
  { trusted }: { readonly trusted?: string } = {},
): Promise<BalancerDouble> {
  const instances = urls.map((url) => ({ url, port: Number(new URL(url).port), connections: 0, isReady: false }));
  const sockets = new Set<Socket>();
  let turn = 0;

  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    // Either end may go away at any time; the other end is told by `close`.
    socket.on("error", () => {});
  };
  const server = createServer(async (caller) => {
    keep(caller);
    const first = turn++ % instances.length;
    const inTurn = [...instances.slice(first), ...instances.slice(0, first)];
    for (const instance of inTurn.sort((a, b) => Number(b.isReady) - Number(a.isReady))) {
      const socket = await connected(instance.port);
      if (socket === undefined) continue;
      keep(socket);
      instance.connections += 1;
      caller.pipe(socket).pipe(caller);
      caller.once("close", () => socket.destroy());
      socket.once("close", () => caller.destroySoon());
      return;
    }
    caller.destroy();
  });
  const look = async (instance: (typeof instances)[number]) => {
    instance.isReady = await saysReady(instance.url, trusted);
  };
  await Promise.all(instances.map(look));
  const ending = new AbortController();
  const looking = instances.map(async (instance) => {
    while (!ending.signal.aborted) {
      await look(instance);
      await sleep(CHECK_INTERVAL_MS, undefined, { signal: ending.signal }).catch(() => {});
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the balancer has no port");
  const url = new URL(urls[0] ?? "");
  url.port = String(address.port);
  return {
    url: url.origin,
    get connections() {
      return instances.map(({ connections }) => connections);
    },
    async [Symbol.asyncDispose]() {
      ending.abort();
      await Promise.all(looking);
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Undefined when nobody takes the connection. */
async function connected(port: number): Promise<Socket | undefined> {
  const socket = connect({ port, host: "127.0.0.1" });
  try {
    await once(socket, "connect");
    return socket;
  } catch {
    return undefined;
  }
}

/** On a connection of its own, as balancers ask. */
function saysReady(url: string, trusted: string | undefined): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const ask = url.startsWith("https:") ? askEncrypted : askPlain;
  const signal = AbortSignal.timeout(CHECK_LIMIT_MS);
  ask(new URL("/readyz", url), { agent: false, signal, ...(trusted !== undefined && { ca: trusted }) }, (answer) => {
    answer.resume();
    resolve(answer.statusCode === 200);
  })
    .on("error", () => resolve(false))
    .end();
  return promise;
}
