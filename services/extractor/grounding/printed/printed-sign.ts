import { CURRENCY } from "./currency-signs.ts";

/**
 * How a number is marked as more or less than nothing. `unclear` where the mark may be one or may be none: a dash that
 * parts two words, a bracket around an aside. It counts as either.
 */
export type PrintedSign = "plus" | "minus" | "unclear";

const ONLY_MONEY = new RegExp(`^ ?(?:${CURRENCY} ?)?$`, "u");
/** Dashes from the first of a row of them on; what lies between the last and the number; the number follows. */
const DASH_BEFORE = new RegExp(`(?<dashes>-(?:[ .]?-)*)(?<gap> ?)(?:${CURRENCY} ?)?$`, "u");
/** SAP and older programs print the minus behind the number. */
const DASH_BEHIND = new RegExp(`^-(?= ?(?:${CURRENCY} ?)?\\)?$)`, "u");
const DASH_NEAR = /^ ?-(?!\d)/;
const BRACKET_BEFORE = new RegExp(`\\( ?(?:${CURRENCY} ?)?$`, "u");
const BRACKET_BEHIND = new RegExp(`^ ?(?:${CURRENCY} ?)?\\)`, "u");
/** As English accounts mark what is owed to the reader. `Cr` is the same or, in India, ten million. */
const CREDIT_BEFORE = /(?:^|[^\p{L}])CR ?$/u;
const CREDIT_BEHIND = /^ ?CR(?![\p{L}\p{N}])/u;
const CREDIT_PERHAPS = /^ ?Cr(?![\p{L}\p{N}])/u;
const CENTS = /[.,\p{Sc}]\d{2}$/u;
/** How far around a number its sign is looked for, in UTF-16 units: a hostile cell is long and full of numbers. */
const WINDOW = 32;

/** The sign of the number from `start` to `end` in a text that `plainPrint` made. */
export function printedSign(text: string, start: number, end: number): PrintedSign {
  const before = text.slice(Math.max(0, start - WINDOW), start);
  const behind = text.slice(end, end + WINDOW);
  if (!/[-(]|CR/.test(before) && !/-|CR/i.test(behind)) return "plus";
  if (DASH_BEHIND.test(behind) || CREDIT_BEHIND.test(behind) || CREDIT_BEFORE.test(before)) return "minus";
  const dash = DASH_BEFORE.exec(before);
  if (dash !== null) return signOfDash(before.slice(0, dash.index), dash.groups ?? {});
  const bracket = BRACKET_BEFORE.exec(before);
  if (bracket !== null && BRACKET_BEHIND.test(behind)) {
    // `(380)` is a code, `VAT (56.87)` an aside; an amount that is alone in its brackets is below nothing.
    return CENTS.test(text.slice(start, end)) && ONLY_MONEY.test(before.slice(0, bracket.index)) ? "minus" : "unclear";
  }
  return DASH_NEAR.test(behind) || CREDIT_PERHAPS.test(behind) ? "unclear" : "plus";
}

/** A dash that touches the number belongs to it; one that stands apart does where nothing else is before it. */
function signOfDash(before: string, { dashes = "", gap = "" }: Readonly<Record<string, string>>): PrintedSign {
  // A row of them leads the eye from a word to its number.
  if (dashes.length > 1) return "plus";
  if (ONLY_MONEY.test(before)) return "minus";
  return gap === "" && /[\s(:]$/.test(before) ? "minus" : "unclear";
}

/** The sign of a number that is alone between its neighbours in a row, whose dash or `CR` may be in a cell of its own. */
export function signWithin(sign: PrintedSign, left: string | undefined, right: string | undefined): PrintedSign {
  if (sign !== "plus") return sign;
  if (right === "CR" || left === "CR") return "minus";
  return left === "-" || left === "(" || right === "-" ? "unclear" : "plus";
}
