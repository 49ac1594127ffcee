// Real: reading the command line. Nothing is doubled.
import { describe, expect, it } from "vitest";
import { readOrder } from "./read-order.ts";

describe("an order to npm run certs", () => {
  it("is for ./certs, to do what is due, unless it says otherwise", () => {
    expect(readOrder([], "/home/me")).toEqual({ folder: "/home/me/certs", renewal: "due", furtherHosts: new Map() });
  });

  it.each([
    ["--renew", "holders"],
    ["--new-authority", "authority"],
    ["--retire-authorities", "retire"],
  ])("%s", (word, renewal) => {
    expect(readOrder(["/srv/tls", word], "/home/me")).toMatchObject({ folder: "/srv/tls", renewal });
  });

  it("collects the hosts of each holder", () => {
    const { furtherHosts } = readOrder(
      ["--host", "ingest=a.example", "--host", "audit=b", "--host", "ingest=10.0.0.1"],
      "/",
    );
    expect(furtherHosts).toEqual(
      new Map([
        ["ingest", ["a.example", "10.0.0.1"]],
        ["audit", ["b"]],
      ]),
    );
  });

  it.each([
    [["--renew", "--new-authority"]],
    [["--no-such"]],
    [["a", "b"]],
    [["--host", "ingest"]],
    [["--host", "ingest=a b"]],
  ])("is refused when it is %j", (args) => {
    expect(() => readOrder(args, "/")).toThrow(/^usage: /);
  });
});
