import type { Line } from "@flowstate/contracts";
import type { PrintedDocument } from "../printed/printed-document.ts";
import { withoutMarks } from "../printed/printed-text.ts";

const CODES = ["seller_item_number", "buyer_item_number", "gtin", "hs_code", "batch"] as const;
type Code = (typeof CODES)[number];

/** Letters and digits that each part of a broken code must have to be one. */
const MIN_PART = 3;

/**
 * Whether a code of a line is printed in a way that its plain search misses: with other marks, without a gap before or behind
 * another code of the line, or broken at a mark, because the column is too narrow for it.
 */
export function isSetAsCode(line: Line | undefined, field: string, printed: PrintedDocument): boolean {
  const code = CODES.find((name) => name === field);
  const value = code === undefined ? null : line?.[code];
  if (value === null || value === undefined) return false;
  const others = CODES.flatMap((name: Code) => (name === code ? [] : (line?.[name] ?? [])));
  return [value, ...others.flatMap((other) => [value + other, other + value])].some(
    (set) => printed.codes.has(withoutMarks(set)) || isBroken(set, printed),
  );
}

function isBroken(code: string, { text }: PrintedDocument): boolean {
  return [...code.matchAll(/[^\p{L}\p{N}]+/gu)].some(({ 0: mark, index }) =>
    [index, index + mark.length].some((at) => {
      const parts = [code.slice(0, at), code.slice(at)];
      return parts.every((part) => withoutMarks(part).replaceAll(" ", "").length >= MIN_PART && text.has(part));
    }),
  );
}
