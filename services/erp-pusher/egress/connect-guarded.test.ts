import { once } from "node:events";
import { connect, createServer, type Socket, type TcpNetConnectOpts } from "node:net";
import { describe, expect, it } from "vitest";
import { connectGuarded, type Network } from "./connect-guarded.ts";
import { AddressRefusedError, guardAddresses } from "./guard-addresses.ts";

// Real: TCP over loopback. Doubled: the name system, and where it says so the system's connect.

const PUBLIC_ONLY = guardAddresses({ allowedNetworks: [], allowLoopback: false });
const LOCAL = guardAddresses({ allowedNetworks: [], allowLoopback: true });

/** A target that counts who came and what they said. */
async function startTarget() {
  const sockets: Socket[] = [];
  let bytes = 0;
  const server = createServer((socket) => {
    sockets.push(socket.on("error", () => {}).on("data", (data) => (bytes += data.byteLength)));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no TCP address");
  return {
    port: address.port,
    connections: () => sockets.length,
    open: () => sockets.filter((socket) => !socket.closed).length,
    bytes: () => bytes,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await server[Symbol.asyncDispose]();
    },
  };
}

function destination(port: number, host = "erp.example", timeLimitMs = 5_000) {
  return { host, port, timeLimitMs, signal: new AbortController().signal };
}

/** Answers each question with the next of `answers`, and the last one from then on. */
function network(answers: readonly (readonly string[])[], way: Network["connect"] = connect) {
  const asked: string[] = [];
  const attempted: TcpNetConnectOpts[] = [];
  const value: Network = {
    resolve: async (name) => {
      asked.push(name);
      return answers[Math.min(asked.length, answers.length) - 1] ?? [];
    },
    connect: (options) => {
      attempted.push(options);
      return way(options);
    },
  };
  return { ...value, asked, attempted };
}

describe("connectGuarded", () => {
  it("connects to the address it checked: the name is asked for once for each connection", async () => {
    await using target = await startTarget();
    const names = network([["127.0.0.1"]]);
    for (const count of [1, 2]) {
      await using socket = await connectGuarded(destination(target.port), LOCAL, names);
      expect(socket.remoteAddress).toBe("127.0.0.1");
      await expect.poll(target.connections).toBe(count);
      expect(names.asked).toHaveLength(count);
    }
  });

  it("asks nobody for an address", async () => {
    await using target = await startTarget();
    const names = network([["10.0.0.1"]]);
    await using socket = await connectGuarded(destination(target.port, "127.0.0.1"), LOCAL, names);
    expect(socket.remoteAddress).toBe("127.0.0.1");
    expect(names.asked).toEqual([]);
  });

  it("checks every connection anew: what was public may be private the next time", async () => {
    await using target = await startTarget();
    const refusing = () => connect({ host: "127.0.0.1", port: 1 });
    const names = network([["93.184.216.34"], ["127.0.0.1"]], refusing);
    await expect(connectGuarded(destination(target.port), PUBLIC_ONLY, names)).rejects.toMatchObject({
      code: "ECONNREFUSED",
    });
    await expect(connectGuarded(destination(target.port), PUBLIC_ONLY, names)).rejects.toBeInstanceOf(
      AddressRefusedError,
    );
    expect(names.attempted).toHaveLength(1);
    expect(target.connections()).toBe(0);
  });

  it("gives the socket those addresses of an answer that pass, and refuses when none does", async () => {
    const pinned: unknown[] = [];
    const names = network(
      [["10.0.0.1", "93.184.216.34", "::1", "2606:4700::1111"], ["10.0.0.1", "::1"], []],
      (options) => {
        options.lookup?.("erp.example", { all: true }, (_error, found) => pinned.push(found));
        return connect({ host: "127.0.0.1", port: 1 });
      },
    );
    await expect(connectGuarded(destination(443), PUBLIC_ONLY, names)).rejects.toMatchObject({ code: "ECONNREFUSED" });
    expect(pinned).toEqual([
      [
        { address: "93.184.216.34", family: 4 },
        { address: "2606:4700::1111", family: 6 },
      ],
    ]);
    for (const addressClass of ["private", "no_address"]) {
      await expect(connectGuarded(destination(443), PUBLIC_ONLY, names)).rejects.toMatchObject({
        code: "ERR_ADDRESS_REFUSED",
        addressClass,
      });
    }
    expect(names.attempted).toHaveLength(1);
  });

  it("writes nothing to a socket that turns out to be connected elsewhere, and closes it", async () => {
    await using target = await startTarget();
    const astray = network([["93.184.216.34"]], () => connect({ host: "127.0.0.1", port: target.port }));
    const refused = connectGuarded(destination(target.port), PUBLIC_ONLY, astray);
    await expect(refused).rejects.toMatchObject({ addressClass: "loopback", address: "127.0.0.1" });
    await expect.poll(target.connections).toBe(1);
    await expect.poll(target.open).toBe(0);
    expect(target.bytes()).toBe(0);
  });

  it("tries the next address when the first does not answer in time", async () => {
    await using target = await startTarget();
    // Nothing listens at the first address: the refusal there is what makes the socket go on.
    const names = network([["127.0.0.9", "127.0.0.1"]]);
    await using socket = await connectGuarded(destination(target.port), LOCAL, names);
    expect(socket.remoteAddress).toBe("127.0.0.1");
  });

  it("gives up on a name server that does not answer, and on an address that does not", async () => {
    const silent: Network = { resolve: () => new Promise(() => {}), connect };
    await expect(connectGuarded(destination(443, "erp.example", 20), LOCAL, silent)).rejects.toMatchObject({
      code: "UND_ERR_CONNECT_TIMEOUT",
    });
    const unanswered: Network = { resolve: async () => ["127.0.0.1"], connect: () => connectNever() };
    await expect(connectGuarded(destination(443, "erp.example", 20), LOCAL, unanswered)).rejects.toMatchObject({
      code: "UND_ERR_CONNECT_TIMEOUT",
    });
  });

  it("hands on what the name system says", async () => {
    const failing: Network = {
      resolve: () => Promise.reject(Object.assign(new Error("no such name"), { code: "ENOTFOUND" })),
      connect,
    };
    await expect(connectGuarded(destination(443), LOCAL, failing)).rejects.toMatchObject({ code: "ENOTFOUND" });
  });

  it("stops when it is told to, before it asks, while it waits for a name, and while it connects", async () => {
    const reason = new Error("enough");
    const names = network([["127.0.0.1"]]);
    const stopped = { ...destination(443), signal: AbortSignal.abort(reason) };
    await expect(connectGuarded(stopped, LOCAL, names)).rejects.toBe(reason);
    expect(names.asked).toEqual([]);

    const sockets: Socket[] = [];
    const silent: Network = { resolve: () => new Promise(() => {}), connect };
    const unanswered: Network = {
      resolve: async () => ["127.0.0.1"],
      connect: () => {
        const socket = connectNever();
        sockets.push(socket);
        return socket;
      },
    };
    for (const way of [silent, unanswered]) {
      const stopping = new AbortController();
      const waiting = connectGuarded({ ...destination(443), signal: stopping.signal }, LOCAL, way);
      setImmediate(() => stopping.abort(reason));
      await expect(waiting).rejects.toBe(reason);
    }
    expect(sockets.map(({ destroyed }) => destroyed)).toEqual([true]);
  });
});

/** A socket whose connection never comes about: its lookup is never answered. */
function connectNever(): Socket {
  return connect({ host: "never.invalid", port: 1, lookup: () => {} });
}
