import type { Decimal } from "@flowstate/contracts";
import { subtractDecimals, sumDecimals } from "../decimal-arithmetic.ts";

/** An allowance, or a charge, on a line (BG-27, BG-28). */
export interface AllowanceOrCharge {
  readonly isCharge: boolean;
  readonly amount: Decimal | null;
}

/** Allowances less charges; null where there are neither, or where one of them cannot be read. */
export function discountOf(list: readonly AllowanceOrCharge[]): Decimal | null {
  if (list.length === 0) return null;
  const sums = { allowances: "0", charges: "0" };
  for (const { isCharge, amount } of list) {
    if (amount === null) return null;
    const kind = isCharge ? "charges" : "allowances";
    sums[kind] = sumDecimals([sums[kind], amount]);
  }
  return subtractDecimals(sums.allowances, sums.charges);
}
