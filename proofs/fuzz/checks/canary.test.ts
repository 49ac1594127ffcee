import { describe, expect, it } from "vitest";
import { CANARY, holdsCanary } from "./canary.ts";

describe("the canary is seen", () => {
  it.each([
    ["as it is", `x ${CANARY} y`],
    ["in upper case", CANARY.toUpperCase()],
    ["percent-encoded", `?q=${encodeURIComponent(CANARY)}`],
    ["percent-encoded to the last sign", "c4%7Enary%20d0g"],
    ["as a form encodes it", `q=${new URLSearchParams({ q: CANARY })}`],
    ["escaped as JSON may be", "c4\\u007enary\\u0020d0g"],
    ["escaped as HTML is", "c4&#126;nary&#32;d0g"],
    ["as quoted-printable", "c4=7Enary=20d0g"],
    ["over a line's end", CANARY.replace(" ", "\n")],
    ["as a name of a file made of it", "c4_nary-d0g.pdf"],
    ["in hexadecimal", `\\x${Buffer.from(`.${CANARY}.`).toString("hex")}`],
    ...["", "a", "ab"].flatMap((before) => [
      [`in Base64, behind ${before.length}`, Buffer.from(`${before}${CANARY} and more`).toString("base64")],
      [`in Base64 for addresses, behind ${before.length}`, Buffer.from(`${before}${CANARY}`).toString("base64url")],
    ]),
  ])("%s", (_name, text) => {
    expect([holdsCanary(text), holdsCanary(Buffer.from(text))]).toEqual([true, true]);
  });

  it("in UTF-16", () => {
    const little = Buffer.from(CANARY, "utf16le");
    expect([holdsCanary(little), holdsCanary(Buffer.from(little).swap16())]).toEqual([true, true]);
  });
});

it("is not seen in what only has its words", () => {
  expect(holdsCanary("a c4 is no canary, and a d0g is none")).toBe(false);
});
