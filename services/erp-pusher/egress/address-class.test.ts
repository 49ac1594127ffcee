import { describe, expect, it } from "vitest";
import { type AddressClass, addressClass } from "./address-class.ts";

// Pure: addresses in, classes out. The expected classes are IANA's registries, written down here a second time.

describe("addressClass", () => {
  it.each<[AddressClass, readonly string[]]>([
    ["this_network", ["0.0.0.0", "0.0.0.1", "0.255.255.255", "::"]],
    ["private", ["10.0.0.0", "10.255.255.255", "172.16.0.0", "172.31.255.255", "192.168.0.0", "192.168.255.255"]],
    ["carrier_nat", ["100.64.0.0", "100.127.255.255"]],
    ["loopback", ["127.0.0.0", "127.0.0.1", "127.255.255.255", "::1"]],
    ["link_local", ["169.254.0.0", "169.254.255.255", "fe80::", "fe80::1", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff"]],
    ["link_local", ["fe80::1%eth0", "fe80::1%2", "2606:4700::1111%eth0", "::1%lo"]],
    [
      "protocol_assignment",
      ["192.0.0.0", "192.0.0.170", "192.0.0.255", "192.31.196.1", "192.52.193.1", "192.175.48.1"],
    ],
    ["protocol_assignment", ["2001:1::1", "2001:10::", "2001:20::", "2001:1ff:ffff::", "2620:4f:8000::1"]],
    ["documentation", ["192.0.2.0", "192.0.2.255", "198.51.100.7", "203.0.113.255", "2001:db8::1", "3fff:fff::1"]],
    ["6to4", ["192.88.99.0", "192.88.99.1", "192.88.99.255", "2002::", "2002:7f00:1::1", "2002:ffff:ffff::"]],
    ["benchmarking", ["198.18.0.0", "198.19.255.255", "2001:2::", "2001:2:0:ffff::"]],
    ["multicast", ["224.0.0.0", "239.255.255.255", "ff00::", "ff02::1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"]],
    ["reserved", ["240.0.0.0", "255.255.255.254", "255.255.255.255"]],
    ["ipv4_mapped", ["::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:8.8.8.8", "::ffff:7f00:1", "::FFFF:A00:1"]],
    ["ipv4_compatible", ["::127.0.0.1", "::10.0.0.1", "::8.8.8.8", "::2"]],
    ["ipv4_translated", ["::ffff:0:127.0.0.1", "::ffff:0:a00:1"]],
    ["nat64", ["64:ff9b::", "64:ff9b::127.0.0.1", "64:ff9b::8.8.8.8", "64:ff9b:1::", "64:ff9b:1:ffff::a00:1"]],
    ["discard", ["100::", "100::ffff:ffff:ffff:ffff", "100:0:0:1::"]],
    ["teredo", ["2001::", "2001:0:7f00:1::", "2001:0:ffff:ffff:ffff:ffff:ffff:ffff"]],
    ["srv6", ["5f00::", "5f00:ffff::1"]],
    ["unique_local", ["fc00::", "fd12:3456:789a::1", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"]],
    ["site_local", ["fec0::", "feff::1"]],
    ["cloud_metadata", ["169.254.169.254", "168.63.129.16", "100.100.100.200", "192.0.0.192", "fd00:ec2::254"]],
    ["unassigned", ["1::", "200::1", "400::1", "1fff:ffff::", "4000::", "8000::1", "fe00::1"]],
    [
      "no_address",
      ["", "erp.example", "0177.0.0.1", "0x7f.0.0.1", "127.1", "2130706433", "[::1]", "127.0.0.1.", " ::1"],
    ],
  ])("calls an address %s: %j", (name, addresses) => {
    for (const address of addresses) expect([address, addressClass(address)]).toEqual([address, name]);
  });

  it.each([
    ["the neighbours of the special networks of IPv4", ["1.0.0.0", "9.255.255.255", "11.0.0.0", "100.63.255.255"]],
    ["the neighbours of the shared and local ones", ["100.128.0.0", "126.255.255.255", "128.0.0.0", "169.253.255.255"]],
    [
      "the neighbours of the link-local and private ones",
      ["169.255.0.0", "172.15.255.255", "172.32.0.0", "192.167.255.255"],
    ],
    ["the neighbours of the protocols'", ["192.0.1.0", "192.0.3.0", "192.88.98.255", "192.88.100.0", "192.169.0.0"]],
    [
      "the neighbours of the tests' and of multicast",
      ["198.17.255.255", "198.20.0.0", "203.0.114.0", "223.255.255.255"],
    ],
    [
      "addresses of IPv6 that are given out",
      ["2001:200::1", "2003::1", "2606:4700::1111", "2a00:1450::1", "3ffe:ffff::"],
    ],
  ])("calls public %s", (_what, addresses) => {
    for (const address of addresses) expect([address, addressClass(address)]).toEqual([address, undefined]);
  });
});
