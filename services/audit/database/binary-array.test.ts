// Pure: what cannot be written. That PostgreSQL reads what is written, as it was meant, is columns.pg.test.ts.
import { expect, it } from "vitest";
import { bigintArray, byteaArray, uuidArray } from "./binary-array.ts";

const UUID = "0190163d-8694-739b-aea5-966c26f8ad91";

it("a UUID has one value, in whichever case it is spelled", () => {
  expect(uuidArray([UUID.toUpperCase()])).toEqual(uuidArray([UUID]));
});

it.each([
  ["empty", ""],
  ["too short", UUID.slice(2)],
  ["too long", `${UUID}00`],
  ["not of hexadecimal digits", UUID.replace("0", "g")],
  ["not of ASCII", UUID.replace("0", "０")],
  ["without hyphens", UUID.replaceAll("-", "")],
])("a UUID that is %s is refused, not stored as another", (_how, uuid) => {
  expect(() => uuidArray([uuid])).toThrow(TypeError);
});

it.each([0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])("%d is no bigint", (number) => {
  expect(() => bigintArray([number])).toThrow(TypeError);
});

it("text is no bytes", () => {
  expect(() => byteaArray(["00"])).toThrow(TypeError);
});

it("an array is whole, however much longer than those before it", () => {
  const long = Buffer.alloc(300_000, 7);
  expect(byteaArray([long, null]).subarray(24, -4).equals(long)).toBe(true);
});
