import type { Decimal } from "@flowstate/contracts";
import { subtractDecimals, sumDecimals } from "../decimal-arithmetic.ts";

/** An allowance, or a charge, on a line (BG-27, BG-28). */
export interface AllowanceOrCharge {
  /** Undefined where it does not say which of the two it is. */
  readonly isCharge: boolean | undefined;
  readonly amount: Decimal | null;
}

/** Allowances less charges; null where there are neither, or where one of them cannot be read. */
export function discountOf(list: readonly AllowanceOrCharge[]): Decimal | null {
  if (list.length === 0) return null;
  const sums = { allowances: "0", charges: "0" };
  for (const { isCharge: charged, amount } of list) {
    if (amount === null || charged === undefined) return null;
    const kind = charged ? "charges" : "allowances";
    sums[kind] = sumDecimals([sums[kind], amount]);
  }
  return subtractDecimals(sums.allowances, sums.charges);
}
