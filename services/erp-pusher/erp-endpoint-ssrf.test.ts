import { once } from "node:events";
import { connect, createServer } from "node:net";
import { GhostBytes } from "@flowstate/ghost";
import { startErp } from "@flowstate/local/doubles/erp.ts";
import type { buildConnector } from "undici";
import { describe, expect, it } from "vitest";
import type { AddressClass } from "./egress/address-class.ts";
import { type Network, SYSTEM_NETWORK } from "./egress/connect-guarded.ts";
import { AddressRefusedError, hostOf } from "./egress/guard-addresses.ts";
import { type ErpEndpointOptions, erpEndpoint } from "./erp-endpoint.ts";
import { sendWebhook } from "./send-webhook.ts";

// Real: sockets, and targets on this machine's loopback addresses that count who connects. Doubled: the name system, and
// an ERP that redirects. An address that nobody can listen on here is held to more: the system is never asked to connect
// to it.

/** Both loopback addresses, one port, every connection counted. */
async function startTargets() {
  const servers = [createServer(), createServer()] as const;
  let connections = 0;
  for (const server of servers) {
    server.on("connection", (socket) => {
      connections += 1;
      socket.destroy();
    });
  }
  servers[0].listen(0, "127.0.0.1");
  await once(servers[0], "listening");
  const address = servers[0].address();
  if (address === null || typeof address === "string") throw new Error("no TCP address");
  servers[1].listen(address.port, "::1");
  // A machine without IPv6 has nobody to reach there.
  const ipv6 = await once(servers[1], "listening").then(
    () => true,
    () => false,
  );
  return {
    port: address.port,
    ipv6,
    connections: () => connections,
    async [Symbol.asyncDispose]() {
      await Promise.all(servers.map((server) => server.listening && server[Symbol.asyncDispose]()));
    },
  };
}

/** Every connection that is asked of the system, which makes them. */
function watched(answer: readonly string[] = []) {
  const attempts: string[] = [];
  const network: Network = {
    resolve: async () => answer,
    connect: (options) => {
      attempts.push(options.host ?? "");
      return connect(options);
    },
  };
  return { network, attempts };
}

/** How opening a delivery's connection ends: with the class that was refused, an error's code, or established. */
async function openConnection(options: ErpEndpointOptions, network: Network): Promise<string> {
  const { url } = options;
  const { host, hostname, protocol, port } = url;
  const target: buildConnector.Options = { host, hostname, protocol, port };
  const { promise, resolve } = Promise.withResolvers<string>();
  erpEndpoint(options, network).connector(new AbortController().signal)(target, (error, socket) => {
    socket?.destroy();
    if (error instanceof AddressRefusedError) return resolve(error.addressClass);
    resolve(error === null ? "established" : String("code" in error ? error.code : error.name));
  });
  return promise;
}

/** Spellings of this machine's addresses, with what they are refused as. */
const LOOPBACK_SPELLINGS: readonly (readonly [AddressClass, readonly string[]])[] = [
  [
    "loopback",
    [
      "127.0.0.1",
      "127.0.0.1.",
      "127.1",
      "127.0.1",
      "2130706433",
      "0x7f000001",
      "0X7F000001",
      "017700000001",
      "0x7f.0x0.0x0.0x1",
      "0177.0.0.01",
      "0x7f.1",
      "%31%32%37.0.0.1",
      "127%2E0%2E0%2E1",
      "127。0。0。1",
      "１２７.０.０.１",
      "①②⑦.⓪.⓪.①",
      "[::1]",
      "[0:0:0:0:0:0:0:1]",
      "[0000::0001]",
      "[::0.0.0.1]",
    ],
  ],
  ["ipv4_mapped", ["[::ffff:127.0.0.1]", "[::FFFF:7F00:1]", "[0:0:0:0:0:ffff:7f00:0001]"]],
  ["this_network", ["0", "0.0.0.0", "0x0", "[::]"]],
];
const ONE_BY_ONE = LOOPBACK_SPELLINGS.flatMap(([name, spellings]) =>
  spellings.map((spelling) => [spelling, name] as const),
);

/** Addresses of every class that cannot be listened on here, and that no spelling above is of. */
const ELSEWHERE: readonly (readonly [AddressClass, readonly string[]])[] = [
  ["private", ["10.0.0.1", "172.16.0.1", "192.168.0.1", "167772161", "0xa000001", "012.0.0.1", "10.1", "192.168.257"]],
  ["carrier_nat", ["100.64.0.1", "0x64400001"]],
  ["link_local", ["169.254.1.1", "0xa9fe0101", "[fe80::1]", "[FE80::1]"]],
  ["cloud_metadata", ["169.254.169.254", "2852039166", "0251.0376.0251.0376", "[fd00:ec2::254]", "168.63.129.16"]],
  ["protocol_assignment", ["192.0.0.1", "[2001:1::1]"]],
  ["documentation", ["192.0.2.1", "198.51.100.1", "203.0.113.1", "[2001:db8::1]", "[3fff::1]"]],
  ["6to4", ["192.88.99.1", "[2002:7f00:1::1]", "[2002:a00:1::]"]],
  ["benchmarking", ["198.18.0.1", "198.19.255.255", "[2001:2::1]"]],
  ["multicast", ["224.0.0.1", "239.255.255.255", "[ff02::1]"]],
  ["reserved", ["240.0.0.1", "255.255.255.255", "4294967295"]],
  ["ipv4_mapped", ["[::ffff:10.0.0.1]", "[::ffff:a9fe:a9fe]", "[::ffff:93.184.216.34]"]],
  ["ipv4_compatible", ["[::127.0.0.1]", "[::a00:1]"]],
  ["ipv4_translated", ["[::ffff:0:127.0.0.1]"]],
  ["nat64", ["[64:ff9b::127.0.0.1]", "[64:ff9b::a00:1]", "[64:ff9b:1::a00:1]"]],
  ["discard", ["[100::1]"]],
  ["teredo", ["[2001:0:4136:e378:8000:63bf:3fff:fdd2]"]],
  ["srv6", ["[5f00::1]"]],
  ["unique_local", ["[fc00::1]", "[FD12:3456:789A::1]"]],
  ["site_local", ["[fec0::1]"]],
  ["unassigned", ["[4000::1]"]],
];

describe("erpEndpoint, asked to deliver to the inside of a network", () => {
  it.each(ONE_BY_ONE)("makes no connection to https://%s/: %s", async (spelling, name) => {
    await using targets = await startTargets();
    const url = new URL(`https://${spelling}:${targets.port}/`);
    const { network, attempts } = watched();
    expect(await openConnection({ url }, network)).toBe(name);
    expect(attempts).toEqual([]);
    expect(targets.connections()).toBe(0);
    if (spelling.startsWith("[") && !targets.ipv6) return;
    // The target is where the spelling leads: without the guard it is reached.
    await once(connect({ host: hostOf(url), port: targets.port }), "close");
    expect(targets.connections()).toBe(1);
  });

  it.each(ELSEWHERE)("makes no connection to an address that is %s: %j", async (name, spellings) => {
    for (const spelling of spellings) {
      const { network, attempts } = watched();
      expect([spelling, await openConnection({ url: new URL(`https://${spelling}/`) }, network)]).toEqual([
        spelling,
        name,
      ]);
      expect(attempts).toEqual([]);
    }
  });

  it.each([...LOOPBACK_SPELLINGS, ...ELSEWHERE])("makes none by way of a name, either: %s", async (name, spellings) => {
    await using targets = await startTargets();
    for (const spelling of spellings) {
      // A name system answers addresses, not spellings; how IPv6 is written in the answer varies.
      const address = hostOf(new URL(`https://${spelling}/`));
      for (const answer of new Set([address, address.toUpperCase()])) {
        const { network, attempts } = watched([answer]);
        expect([
          answer,
          await openConnection({ url: new URL(`https://erp.example:${targets.port}/`) }, network),
        ]).toEqual([answer, name]);
        expect(attempts).toEqual([]);
      }
    }
    expect(targets.connections()).toBe(0);
  });

  it.each(["fe80::1%eth0", "::1%lo", "127.1", "0177.0.0.1", "2130706433", "127.0.0.1.", "[::1]", "", "erp.example"])(
    "makes none to an answer of %j, whatever the system would take that for",
    async (answer) => {
      await using targets = await startTargets();
      const { network, attempts } = watched([answer]);
      const ended = await openConnection({ url: new URL(`https://erp.example:${targets.port}/`) }, network);
      expect(ended).toMatch(/^(link_local|no_address)$/);
      expect(attempts).toEqual([]);
      expect(targets.connections()).toBe(0);
    },
  );

  it.each(["localhost", "LOCALHOST", "localhost.", "127.0.0.1.."])(
    "makes none to the system's own %s",
    async (host) => {
      await using targets = await startTargets();
      const ended = await openConnection({ url: new URL(`https://${host}:${targets.port}/`) }, SYSTEM_NETWORK);
      expect(ended).toMatch(/^(loopback|ENOTFOUND|EAI_AGAIN)$/);
      expect(targets.connections()).toBe(0);
    },
  );

  it.each(["https", "http"])("follows no redirect there: %s", async (protocol) => {
    await using targets = await startTargets();
    await using erp = await startErp();
    const endpoint = erpEndpoint({ url: new URL(erp.webhookUrl), allowLoopback: true });
    for (const host of ["127.0.0.1", "[::1]", "0x7f.1"]) {
      for (const status of [301, 302, 303, 307, 308]) {
        erp.script({ status, headers: { location: `${protocol}://${host}:${targets.port}/` } });
        using body = GhostBytes.taking(Buffer.from("{}"));
        const signal = new AbortController().signal;
        const answer = await sendWebhook(endpoint, { headers: {}, body, timeLimitMs: 5_000, signal });
        expect(answer).toMatchObject({ kind: "answered", status });
      }
    }
    expect(erp.attempts).toBe(15);
    expect(targets.connections()).toBe(0);
  });

  it("reaches this machine when it is told that it may, and fails there only for want of TLS", async () => {
    await using targets = await startTargets();
    const { network, attempts } = watched(["127.0.0.1"]);
    const url = new URL(`https://erp.example:${targets.port}/`);
    expect(await openConnection({ url, allowLoopback: true }, network)).toBe("ECONNRESET");
    expect(attempts).toEqual(["erp.example"]);
    expect(targets.connections()).toBe(1);
  });
});
