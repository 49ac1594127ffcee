// Real: everything.
import { expect, it } from "vitest";
import { readNumbers } from "./read-numbers.ts";

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
