import { lettersAndDigits } from "./letters-and-digits.ts";
import type { PrintedText } from "./printed-text.ts";

/**
 * An identifier is cut where every place that prints it prints more of it: `INV-2026` of `INV-2026-0815`. What is joined to it
 * by a hyphen, a slash, a dot or a low line, with a digit in it or as a prefix in capitals, belongs to it; so does what follows
 * a hyphen at the end of a row. `19` of `19,90` is a part of an amount, and prints no identifier either.
 */

const BEFORE = /(?<joined>(?:[\p{L}\p{N}]+[-/._])*[\p{L}\p{N}]+)(?<mark>[-/._])(?<gap>\s?)$/u;
const BEHIND = /^(?<mark>[-/._])(?<gap>\s?)(?<joined>[\p{L}\p{N}]+(?:[-/._][\p{L}\p{N}]+)*)/u;
/** Of an amount whose fraction or thousands a comma parts. */
const BEFORE_COMMA = /(?<![\d,])(?<joined>\d{1,3}(?:,\d{3})*),$/;
const BEHIND_COMMA = /^,(?<joined>\d{1,3})(?!\d)/;
/** Capitals that are set before numbers and say only what they are. */
const LABELS = new Set(
  [
    "NR",
    "NO",
    "NUM",
    "ID",
    "REF",
    "PO",
    "BE",
    "AB",
    "LS",
    "RE",
    "RG",
    "KD",
    "ART",
    "POS",
    "SKU",
    "TEL",
    "FAX",
    "UST",
    "VAT",
  ].concat([
    "BL",
    "BTW",
    "TVA",
    "IVA",
    "MWST",
    "HRB",
    "HRA",
    "SN",
    "LOT",
    "CH",
    "DN",
    "SO",
    "WO",
    "EAN",
    "GTIN",
    "VIN",
  ]),
);
const PREFIX = /^\p{Lu}{2,5}$/u;
const SUFFIX = /^\p{Lu}{1,3}$/u;
/** A day or a year beside a number is when it was given. */
const DATE = /^(?:\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})|\d{4}-\d{2}-\d{2})$/;

/** Whether a value is printed, and everywhere as a part of something longer. `others` are what else was read. */
export function isCutShort(value: string, others: ReadonlySet<string>, text: PrintedText): boolean {
  const places = text.surroundings(value);
  return (
    places.length > 0 &&
    places.every(({ before, behind }) => {
      if (isInAmount(value, before, behind, others)) return true;
      const [prefix, suffix] = [BEFORE.exec(before)?.groups, BEHIND.exec(behind)?.groups];
      return isPart(prefix, PREFIX, others) || isPart(suffix, SUFFIX, others);
    })
  );
}

type Groups = Readonly<Record<string, string | undefined>> | undefined;

function isPart(found: Groups, letters: RegExp, others: ReadonlySet<string>): boolean {
  const { joined = "", mark, gap } = found ?? {};
  if (joined === "" || DATE.test(joined) || areOthers(joined, others)) return false;
  if (gap !== "" && mark !== "-") return false;
  if (/\d/.test(joined)) return true;
  return mark === "-" && gap === "" && letters.test(joined) && !LABELS.has(joined);
}

/** Whether what is joined to a number is another that was read, or several of them. */
function areOthers(joined: string, others: ReadonlySet<string>): boolean {
  return (
    others.has(lettersAndDigits(joined)) || joined.split(/[-/._]/).every((part) => others.has(lettersAndDigits(part)))
  );
}

/** `901,902` may be two numbers: where the other was read, too, it is no amount. */
function isInAmount(value: string, before: string, behind: string, others: ReadonlySet<string>): boolean {
  const joined = [
    /^\d+$/.test(value) ? BEHIND_COMMA.exec(behind)?.groups?.["joined"] : undefined,
    /^\d{2,3}$/.test(value) ? BEFORE_COMMA.exec(before)?.groups?.["joined"] : undefined,
  ];
  return joined.some((digits) => digits !== undefined && !others.has(digits));
}
