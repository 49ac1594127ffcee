import type { PrintedText } from "./printed-text.ts";

/** How currencies are printed besides by their code. Several share a sign. */
const SIGNS: Readonly<Record<string, readonly string[]>> = {
  AUD: ["$", "A$", "AU$"],
  BRL: ["R$"],
  CAD: ["$", "C$", "CA$"],
  CHF: ["Fr.", "SFr.", "CHF"],
  CNY: ["¥", "元", "RMB"],
  CZK: ["Kč"],
  DKK: ["kr", "kr."],
  EUR: ["€", "Euro", "Euros"],
  GBP: ["£"],
  HKD: ["$", "HK$"],
  HUF: ["Ft"],
  INR: ["₹", "Rs", "Rs."],
  JPY: ["¥", "円"],
  MXN: ["$", "MX$"],
  NOK: ["kr", "kr."],
  NZD: ["$", "NZ$"],
  PLN: ["zł"],
  SEK: ["kr", "kr."],
  SGD: ["$", "S$"],
  TRY: ["₺"],
  USD: ["$", "US$"],
};
const CODES = Object.keys(SIGNS);

/**
 * Whether a document says that its amounts are in this currency: by the code, or by a sign for it while no other code is
 * printed. A sign alone is weak: it is printed for other things, too.
 */
export function isPrintedCurrency(code: string, text: PrintedText): boolean {
  if (text.has(code)) return true;
  const signs = SIGNS[code] ?? [];
  return signs.some((sign) => text.has(sign)) && !CODES.some((other) => text.has(other));
}
