import type { Line } from "@flowstate/contracts";

/** Whether a line states nothing that is counted, weighed or added up: a heading, a note, or a line that was half read. */
export function isBareLine(line: Line): boolean {
  const { quantity, unit_price, discount_amount, amount, packages, net_weight, gross_weight } = line;
  const stated = [quantity, unit_price, discount_amount, amount, packages, net_weight, gross_weight];
  return stated.every((value) => value === null);
}
