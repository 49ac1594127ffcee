import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addressClass } from "./address-class.ts";
import { allowedNetwork } from "./allowed-network.ts";
import { type AddressPolicy, guardAddresses, hostOf, hostProblem } from "./guard-addresses.ts";

// Pure: addresses and URLs in, decisions out. What is really connected to is in ../erp-endpoint-ssrf.test.ts.

const PUBLIC_ONLY: AddressPolicy = { allowedNetworks: [], allowLoopback: false };
const LOCAL: AddressPolicy = { allowedNetworks: [], allowLoopback: true };
const onPremises = (...networks: readonly string[]): AddressPolicy => ({
  allowedNetworks: networks.map((network) => allowedNetwork.parse(network)),
  allowLoopback: false,
});

describe("guardAddresses", () => {
  it("lets public addresses pass, and says of others why not", () => {
    const guard = guardAddresses(PUBLIC_ONLY);
    expect(["93.184.216.34", "2606:4700::1111"].map(guard)).toEqual([undefined, undefined]);
    expect(["10.0.0.1", "::1", "junk"].map(guard)).toEqual(["private", "loopback", "no_address"]);
  });

  it("lets an allowed network pass and nothing beside it", () => {
    const guard = guardAddresses(onPremises("10.20.0.0/16", "fd12:3456::/32"));
    expect(["10.20.0.0", "10.20.255.255", "fd12:3456::1"].map(guard)).toEqual([undefined, undefined, undefined]);
    expect(["10.19.255.255", "10.21.0.0", "192.168.0.1", "fd12:3457::1"].map(guard)).toEqual([
      "private",
      "private",
      "private",
      "unique_local",
    ]);
  });

  it("keeps refusing inside an allowed network what is not the network's own", () => {
    const guard = guardAddresses(onPremises("10.0.0.0/8", "100.64.0.0/10", "fc00::/7"));
    expect(["100.100.100.200", "fd00:ec2::254", "::ffff:10.0.0.1", "::10.0.0.1", "64:ff9b::a00:1"].map(guard)).toEqual([
      "cloud_metadata",
      "cloud_metadata",
      "ipv4_mapped",
      "ipv4_compatible",
      "nat64",
    ]);
    expect(["fd00::1%eth0", "127.0.0.1", "0.0.0.0"].map(guard)).toEqual(["link_local", "loopback", "this_network"]);
  });

  it("lets this machine pass in the local stack, by its loopback addresses only", () => {
    const guard = guardAddresses(LOCAL);
    expect(["127.0.0.1", "127.8.8.8", "::1"].map(guard)).toEqual([undefined, undefined, undefined]);
    expect(["0.0.0.0", "::", "::ffff:127.0.0.1", "10.0.0.1"].map(guard)).toEqual([
      "this_network",
      "this_network",
      "ipv4_mapped",
      "private",
    ]);
  });
});

/** Ways to write one IPv4 address that a URL's parser takes for it. */
function spellings(address: number): readonly string[] {
  const bytes = [24, 16, 8, 0].map((shift) => (address >>> shift) & 0xff);
  const [a = 0, b = 0] = bytes;
  const dotted = bytes.join(".");
  const fullWidth = (text: string) => text.replace(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit)));
  return [
    dotted,
    `${dotted}.`,
    String(address),
    `0x${address.toString(16)}`,
    `0X${address.toString(16).toUpperCase()}`,
    `0${address.toString(8)}`,
    bytes.map((byte) => `0x${byte.toString(16)}`).join("."),
    bytes.map((byte) => `0${byte.toString(8)}`).join("."),
    bytes.map((byte) => `000${byte.toString(8)}`).join("."),
    `${a}.${address & 0xffffff}`,
    `${a}.${b}.${address & 0xffff}`,
    `0x${a.toString(16)}.0${b.toString(8)}.${address & 0xffff}`,
    dotted.replace(/\d/g, (digit) => `%3${digit}`),
    dotted.replaceAll(".", "%2E"),
    dotted.replaceAll(".", "。"),
    fullWidth(dotted),
  ];
}

describe("hostProblem", () => {
  it("knows an address in every spelling that a URL may have, for every address there is", () => {
    fc.assert(
      fc.property(fc.nat(0xffffffff), (address) => {
        const [dotted = "", ...others] = spellings(address);
        for (const spelling of others) {
          const url = new URL(`https://${spelling}/`);
          expect(hostOf(url), spelling).toBe(dotted);
          expect(hostProblem(url, PUBLIC_ONLY) === undefined, spelling).toBe(addressClass(dotted) === undefined);
        }
      }),
    );
  });

  it.each([
    ["https://2130706433/", "leads to this machine itself, to which nothing is ever sent"],
    ["https://0x7F.1/", "leads to this machine itself, to which nothing is ever sent"],
    ["https://0177.0.0.1./", "leads to this machine itself, to which nothing is ever sent"],
    ["https://LOCALHOST/", "leads to this machine itself, to which nothing is ever sent"],
    ["https://erp.localhost./", "leads to this machine itself, to which nothing is ever sent"],
    ["https://[0:0:0:0:0:0:0:1]/", "leads to this machine itself, to which nothing is ever sent"],
    ["https://0/", "leads to an unspecified address, which means this machine, to which nothing is ever sent"],
    ["https://[::FFFF:10.0.0.1]/", "leads to an IPv4 address written as IPv6, to which nothing is ever sent"],
    ["https://[::10.0.0.1]/", "leads to an IPv4 address written as IPv6, to which nothing is ever sent"],
    ["https://169.254.169.254/latest", "leads to a cloud's metadata service, to which nothing is ever sent"],
    ["https://10.1/", "leads to a private address, which needs an allowed network"],
    ["https://[FD12::1]:8443/", "leads to a unique local (private) address, which needs an allowed network"],
  ])("says of %s that it %s", (url, problem) => {
    expect(hostProblem(new URL(url), PUBLIC_ONLY)).toBe(problem);
  });

  it.each(["https://erp.example/", "https://93.184.216.34/", "https://[2606:4700::1111]/", "https://127.0.0.1../"])(
    "finds nothing wrong with %s before it is asked for",
    (url) => {
      expect(hostProblem(new URL(url), PUBLIC_ONLY)).toBeUndefined();
    },
  );

  it("finds nothing wrong with what the policy permits", () => {
    expect(hostProblem(new URL("https://10.20.0.9/"), onPremises("10.20.0.0/16"))).toBeUndefined();
    expect(hostProblem(new URL("http://localhost:9/"), LOCAL)).toBeUndefined();
    expect(hostProblem(new URL("http://[::1]:9/"), LOCAL)).toBeUndefined();
  });

  it.each(["https://[fe80::1%25eth0]/", "https://[fe80::1%eth0]/", "https://127.0.0.256/", "https://0b1.1/"])(
    "is not asked of %s, which is no URL",
    (url) => {
      expect(URL.canParse(url)).toBe(false);
    },
  );
});
