import type { Decimal, Facts } from "@flowstate/contracts";
import { printedDocument } from "../grounding/printed-document.ts";
import { magnitude } from "../grounding/printed-number.ts";
import type { TextLayer } from "../pdf/text-layer.ts";
import type { Finding } from "./finding.ts";

/** What lies between the sum of the lines and what is to be paid. */
const DEDUCTIONS = ["allowances", "charges", "prepaid", "due"] as const;

/**
 * Whether what changes the amount to be paid is printed for itself. A page prints many amounts, and two of them always add
 * up to the total (net and tax): taken for a prepayment and the rest, they would turn a bill into a smaller one that is
 * printed in every figure. So each needs one more place on the page than the other totals and the lines of its size.
 */
export function checkDeductions({ totals, lines }: Facts, text: TextLayer): Finding[] {
  const stated = DEDUCTIONS.flatMap((name) => {
    const size = sizeOf(totals[name]);
    const isRepeated = name === "due" && size === sizeOf(totals.gross);
    return size === undefined || isRepeated ? [] : [{ name, size }];
  });
  if (stated.length === 0) return [];
  const { numbersByValue } = printedDocument(text);
  // The net total is what is taxed unless something is deducted, and is then printed once.
  const others = [new Set([sizeOf(totals.net), sizeOf(totals.tax_basis)]), sizeOf(totals.tax), sizeOf(totals.gross)];
  const amounts = lines.map(({ amount }) => sizeOf(amount));
  return stated.flatMap(({ name, size }) => {
    const taken = [...others, ...amounts].filter((other) => (other instanceof Set ? other.has(size) : other === size));
    const places = (numbersByValue.get(size) ?? []).filter(({ isPercentage }) => !isPercentage).length;
    return places === 0 || places > taken.length
      ? []
      : [{ rule: "total_not_on_page", path: `/totals/${name}` } as const];
  });
}

/** Without sign and trailing zeros; undefined for nothing. */
function sizeOf(amount: Decimal | null): string | undefined {
  const size = amount === null ? "0" : magnitude(amount);
  return size === "0" ? undefined : size;
}
