// Real: the reading of the header. Doubled: nothing.
import { describe, expect, it } from "vitest";
import { boundaryOf, MAX_BOUNDARY_BYTES } from "./boundary.ts";

const LONG = "x".repeat(MAX_BOUNDARY_BYTES);

describe("the boundary of a request", () => {
  it.each([
    ["multipart/form-data; boundary=xYzZY", "xYzZY"],
    ['multipart/form-data; boundary="x y:z"', "x y:z"],
    ['multipart/form-data; boundary="a\\"b"', 'a"b'],
    ["Multipart/Form-Data;charset=utf-8;BOUNDARY=x", "x"],
    ["multipart/form-data ; boundary = x ;", "x"],
    ["multipart/form-data; boundary=*****", "*****"],
    ["multipart/form-data; boundary=----WebKitFormBoundaryTkr3kCBQlBe1nrhc", "----WebKitFormBoundaryTkr3kCBQlBe1nrhc"],
    ['multipart/form-data; x="; boundary=no"; boundary=yes', "yes"],
    [`multipart/form-data; boundary=${LONG}`, LONG],
  ])("is read from %s", (contentType, boundary) => {
    expect(boundaryOf(contentType).toString("latin1")).toBe(boundary);
  });

  it.each([
    undefined,
    "",
    "application/json",
    "application/pdf; boundary=x",
    "multipart/mixed; boundary=x",
    "multipart/form-data-x; boundary=x",
    "x; multipart/form-data; boundary=x",
  ])("is not asked for in %s", (contentType) => {
    expect(boundaryOf(contentType)).toBe("not_multipart");
  });

  it.each([
    "multipart/form-data",
    "multipart/form-data; boundary",
    "multipart/form-data; boundary=",
    'multipart/form-data; boundary=""',
    'multipart/form-data; boundary="  "',
    "multipart/form-data; xboundary=x",
    `multipart/form-data; boundary=${LONG}x`,
    "multipart/form-data; boundary=caf\xe9",
    "multipart/form-data; boundary=a\x00b",
  ])("is missing or none in %j", (contentType) => {
    expect(boundaryOf(contentType)).toBe("malformed");
  });
});
