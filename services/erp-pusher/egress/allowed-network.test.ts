import { describe, expect, it } from "vitest";
import { allowedNetwork } from "./allowed-network.ts";

// Pure: an operator's text in, a network or a problem out.

describe("an allowed network", () => {
  it("is a site's own network, as wide as the standards make them or narrower", () => {
    expect(allowedNetwork.parse("10.0.0.0/8")).toEqual({ address: "10.0.0.0", prefix: 8, family: "ipv4" });
    expect(allowedNetwork.parse("192.168.7.20/32")).toEqual({ address: "192.168.7.20", prefix: 32, family: "ipv4" });
    expect(allowedNetwork.parse("100.64.0.0/10").prefix).toBe(10);
    expect(allowedNetwork.parse("172.31.0.0/16").prefix).toBe(16);
    expect(allowedNetwork.parse("fd12:3456::/32")).toEqual({ address: "fd12:3456::", prefix: 32, family: "ipv6" });
  });

  it.each([
    "0.0.0.0/0",
    "::/0",
    "10.0.0.0/7",
    "172.0.0.0/8",
    "fc00::/6",
    "127.0.0.0/8",
    "127.0.0.1/32",
    "::1/128",
    "169.254.0.0/16",
    "fe80::/10",
    "224.0.0.0/4",
    "8.8.8.0/24",
    "2606:4700::/32",
    "::ffff:10.0.0.0/104",
    "64:ff9b::/96",
  ])("is never %s, which would open what no ERP is in", (text) => {
    expect(allowedNetwork.safeParse(text).error?.issues[0]?.message).toMatch(/^must lie within /);
  });

  it.each([
    "10.0.0.1",
    "10.0.0.0/",
    "10.0.0.0/33",
    "fd00::/129",
    "10.0.0.0/08",
    "10.0.0.0/+8",
    "10.0.0.0/8/8",
    "10/8",
    "010.0.0.0/8",
    "fd00::%eth0/64",
    "erp.example/8",
    "/8",
    "",
    " 10.0.0.0/8",
  ])("is not %j", (text) => {
    expect(allowedNetwork.safeParse(text).error?.issues[0]?.message).toBe("must be a network such as 10.20.0.0/16");
  });
});
