import type { Facts, Line } from "@flowstate/contracts";
import type { PrintedDocument } from "../grounding/printed/printed-document.ts";
import { magnitude } from "../grounding/printed/printed-number.ts";
import { isSameUnit, unitCodeOf } from "../units/unit-code.ts";
import { type Faulty, faulty } from "./faulty.ts";

/** Ways in which what a quantity counts is plausible and wrong. */
export const UNIT_FAULT_KINDS = ["unit exchanged"] as const;
export type UnitFaultKind = (typeof UNIT_FAULT_KINDS)[number];

/** As models write them: words, and codes. */
const UNITS = ["kg", "pcs", "m", "MTK", "hours", "pallets", "LTR"] as const;

/** Of a description, in UTF-16 units: it may run on in the next row. */
const ENOUGH = 8;

/** Each makes the variants of itself that a truth, and the page that it is printed on, allow. */
export const UNIT_FAULTS: Readonly<
  Record<UnitFaultKind, (truth: Facts, printed: PrintedDocument) => readonly Faulty[]>
> = {
  "unit exchanged": unitsExchanged,
};

/** Of each line with a row that has its item or description, its quantity and its unit, and of all of them the same way. */
function unitsExchanged(truth: Facts, printed: PrintedDocument): Faulty[] {
  const own = truth.lines.map((line) => printedCode(line, printed));
  const single = own.flatMap((code, index) =>
    UNITS.filter((unit) => code !== undefined && !isSame(unit, code)).map((unit) =>
      faulty(`/lines/${index}/unit read as ${unit}`, truth, ({ lines }) => Object.assign(lines[index] ?? {}, { unit })),
    ),
  );
  const all = UNITS.filter((unit) => own.some((code) => code !== undefined && !isSame(unit, code))).map((unit) =>
    faulty(`every unit read as ${unit}`, truth, ({ lines }) => {
      for (const line of lines) line.unit = unit;
    }),
  );
  return own.length > 1 ? [...single, ...all] : single;
}

function printedCode(
  { seller_item_number, description, quantity, unit }: Line,
  { rows, countsByValue }: PrintedDocument,
): string | undefined {
  const code = unit === null ? undefined : unitCodeOf(unit);
  if (quantity === null || code === undefined) return undefined;
  const item = seller_item_number ?? description?.slice(0, ENOUGH) ?? "";
  const isPrinted = (countsByValue.get(magnitude(quantity)) ?? []).some(({ row }) => {
    const cells = rows[row]?.cells ?? [];
    const isUnit = ({ text }: (typeof cells)[number]) => isSame(text.replace(/^[\d.,' ]+/, ""), code);
    return cells.some(({ text }) => text.startsWith(item)) && cells.some(isUnit);
  });
  return isPrinted ? code : undefined;
}

function isSame(unit: string, code: string): boolean {
  const other = unitCodeOf(unit);
  return other !== undefined && isSameUnit(other, code);
}
