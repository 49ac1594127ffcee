import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** What stands before several instances of a service: hands each connection to the next of them, TLS and all. */
export interface BalancerDouble extends AsyncDisposable {
  /** As the instances' own, with the balancer's port. */
  readonly url: string;
  /** How many connections each instance took, in the order of `urls`. */
  readonly connections: readonly number[];
}

/**
 * Listens on a free loopback port. `urls` are the instances' own, whose ports stay when they are started again. An instance
 * that refuses a connection is passed over; when all refuse, the caller's connection is closed.
 */
export async function startBalancer(urls: readonly string[]): Promise<BalancerDouble> {
  const ports = urls.map((url) => Number(new URL(url).port));
  const connections = ports.map(() => 0);
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
    const first = turn++;
    for (const offset of ports.keys()) {
      const index = (first + offset) % ports.length;
      const instance = await connected(ports[index] ?? 0);
      if (instance === undefined) continue;
      keep(instance);
      connections[index] = (connections[index] ?? 0) + 1;
      caller.pipe(instance).pipe(caller);
      caller.once("close", () => instance.destroy());
      instance.once("close", () => caller.destroySoon());
      return;
    }
    caller.destroy();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the balancer has no port");
  const url = new URL(urls[0] ?? "");
  url.port = String(address.port);
  return {
    url: url.origin,
    connections,
    async [Symbol.asyncDispose]() {
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
