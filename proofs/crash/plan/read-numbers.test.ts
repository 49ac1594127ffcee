// Real: everything.
import { expect, it } from "vitest";
import { readNumbers, readWholeNumber } from "./read-numbers.ts";

it.each<[string, readonly number[]]>([
  ["7", [7]],
  ["0", [0]],
  ["23,27", [23, 27]],
  ["3-5", [3, 4, 5]],
  ["3-3", [3]],
  ["9,3-4,1", [9, 3, 4, 1]],
])("reads %s", (text, numbers) => {
  expect(readNumbers(text)).toEqual(numbers);
});

it.each(["", ",", "1,", "a", "-1", "1-", "5-3", "1.5", "1-2-3", " 1", "0-999999999", "0-999999,1", "1e3"])(
  "reads nothing in %j",
  (text) => {
    expect(readNumbers(text)).toEqual([]);
  },
);

it.each<[string, number | undefined]>([
  ["1", 1],
  ["300", 300],
  ["0", undefined],
  ["", undefined],
  ["-1", undefined],
  ["1e3", undefined],
  ["1.5", undefined],
  ["x", undefined],
  ["9007199254740993", undefined],
])("reads %j as a whole number from 1: %s", (text, number) => {
  expect(readWholeNumber(text, 1)).toBe(number);
});
