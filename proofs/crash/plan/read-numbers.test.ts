// Real: everything.
import { expect, it } from "vitest";
import { readNumbers, wholeNumber } from "./read-numbers.ts";

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

it("reads a whole number from 1", () => {
  const problems: string[] = [];
  expect(["1", "300"].map((text) => wholeNumber("runs", text, 1, problems))).toEqual([1, 300]);
  expect(problems).toEqual([]);
});

it.each(["0", "", "-1", "1e3", "1.5", "x", "9007199254740993"])("calls %j no whole number from 1", (text) => {
  const problems: string[] = [];
  wholeNumber("runs", text, 1, problems);
  expect(problems).toEqual([`--runs takes a whole number from 1, not "${text}"`]);
});
