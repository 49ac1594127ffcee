import type { Line } from "@flowstate/contracts";
import { sumDecimals } from "../../decimal-arithmetic.ts";
import { agrees, type Sign } from "../compared-sign.ts";
import type { PlacedNumber, PrintedDocument } from "../printed/printed-document.ts";
import { magnitude } from "../printed/printed-number.ts";
import type { Block } from "./line-blocks.ts";
import type { LineTable } from "./line-table.ts";

/** Numbers of a line that are printed apart even where they are alike: one of something for 10.00 is one, ten and ten. */
const EACH_BY_ITSELF = ["amount", "quantity", "unit_price"] as const;

/** Which numbers of the lines are printed where the line is. What is said of all lines at once may stand anywhere. */
export class LineNumbers {
  readonly #lines: readonly Line[];
  readonly #table: LineTable | undefined;
  readonly #printed: PrintedDocument;
  readonly #blocks: readonly Block[];
  /** Whether the amounts in the table are written with cents. */
  readonly #withCents: boolean;

  constructor(
    lines: readonly Line[],
    table: LineTable | undefined,
    blocks: readonly Block[],
    printed: PrintedDocument,
  ) {
    this.#lines = lines;
    this.#table = table;
    this.#printed = printed;
    this.#blocks = blocks;
    this.#withCents = table?.key === "amount" && table.anchors.some((anchor) => anchor?.hasCents === true);
  }

  /** `path` names a field of the line, `wanted` is its magnitude. With a sign, what is printed with the other is none. */
  isPrinted(index: number, path: string, wanted: string, sign?: Sign): boolean {
    const { numbersByValue, countsByValue } = this.#printed;
    if (path.endsWith("/tax_rate")) return numbersByValue.has(wanted);
    const field = EACH_BY_ITSELF.find((name) => path.endsWith(`/${name}`));
    if (field === undefined) return this.#isInBlock(index, numbersByValue.get(wanted), sign);
    if (field === "amount") return this.#isAmountPrinted(index, wanted, sign);
    const taken = this.#takenBefore(index, field === "quantity" ? ["amount"] : ["amount", "quantity"], wanted);
    return this.#isInBlock(index, countsByValue.get(wanted), sign, taken);
  }

  #isAmountPrinted(index: number, wanted: string, sign: Sign | undefined): boolean {
    const anchor = this.#table?.key === "amount" ? this.#table.anchors[index] : undefined;
    if (anchor !== undefined) return agrees(anchor.sign, sign);
    const { amountsByValue, countsByValue } = this.#printed;
    const places = this.#withCents ? amountsByValue : countsByValue;
    return this.#isInBlock(index, places.get(wanted), sign) || this.#isBeforeDiscount(index, places, sign);
  }

  /** Whether the line prints its amount before its discount, and its discount below, and leaves the rest to the reader. */
  #isBeforeDiscount(index: number, places: PrintedDocument["amountsByValue"], sign: Sign | undefined): boolean {
    const { amount = null, discount_amount: discount = null } = this.#lines[index] ?? {};
    if (amount === null || discount === null || magnitude(discount) === "0") return false;
    const before = magnitude(sumDecimals([amount, discount]));
    return this.#isInBlock(index, places.get(before), sign) && this.#isInBlock(index, places.get(magnitude(discount)));
  }

  /** How many of the places with this number these fields of the line need for themselves. */
  #takenBefore(index: number, fields: ReadonlyArray<"amount" | "quantity">, wanted: string): number {
    const line = this.#lines[index];
    return fields.filter((field) => {
      const value = line?.[field];
      return typeof value === "string" && magnitude(value) === wanted;
    }).length;
  }

  /** Whether the line has one of these places with this sign, and `taken` more. */
  #isInBlock(
    index: number,
    places: readonly PlacedNumber[] = [],
    sign: Sign | undefined = undefined,
    taken = 0,
  ): boolean {
    const { from, to } = this.#blocks[index] ?? { from: 0, to: Number.POSITIVE_INFINITY };
    const end = firstFrom(places, to + 1);
    let left = taken;
    for (let at = firstFrom(places, from); at < end; at++) {
      if (!agrees(places[at]?.sign ?? "unclear", sign)) continue;
      if (left === 0) return true;
      left--;
    }
    return false;
  }
}

/** The index of the first of these numbers, in reading order, that is not above the row. */
export function firstFrom(numbers: readonly PlacedNumber[], row: number): number {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle]?.row ?? 0) < row) low = middle + 1;
    else high = middle;
  }
  return low;
}
