/** How one country or one program lays an invoice out. */
export interface InvoiceLayout {
  readonly name: string;
  readonly locale: string;
  readonly currency: string;
  /** Before or after every amount. */
  readonly sign?: { readonly before?: string; readonly after?: string };
  readonly date: string;
  readonly dueDate: string;
  /** What its tax is called, where it is not VAT. */
  readonly tax?: string;
  readonly terms?: string;
  readonly lines: number;
  /** Which of the lines that others have comes first. */
  readonly firstLine?: number;
  /** Lines that fit on one page; what was added up so far is carried forward to the next. */
  readonly linesPerPage?: number;
  /** Prints the amount in a row below the rest of the line, or above it. */
  readonly amountBelow?: boolean;
  readonly amountAbove?: boolean;
  /** Prints the total once more above the table. */
  readonly totalOnTop?: boolean;
  readonly cashDiscount?: boolean;
  /** A list price with a discount, each in a column of its own. */
  readonly discounts?: boolean;
  readonly freight?: boolean;
}

export const INVOICE_LAYOUTS: readonly InvoiceLayout[] = [
  {
    name: "American",
    locale: "en-US",
    currency: "USD",
    sign: { before: "$" },
    date: "November 9, 2026",
    dueDate: "December 9, 2026",
    lines: 6,
  },
  {
    name: "American with slashed dates",
    locale: "en-US",
    currency: "USD",
    sign: { before: "$ " },
    date: "11/30/2026",
    dueDate: "12/30/2026",
    lines: 3,
    totalOnTop: true,
  },
  {
    name: "British",
    locale: "en-GB",
    currency: "GBP",
    sign: { before: "\\243" },
    date: "9 November 2026",
    dueDate: "9 Dec 2026",
    lines: 5,
    freight: true,
  },
  {
    name: "German with pages",
    locale: "de-DE",
    currency: "EUR",
    date: "09.11.2026",
    dueDate: "09.12.2026",
    lines: 14,
    linesPerPage: 6,
    cashDiscount: true,
  },
  {
    name: "Austrian",
    locale: "de-AT",
    currency: "EUR",
    sign: { after: " EUR" },
    date: "9. November 2026",
    dueDate: "9. Dezember 2026",
    lines: 4,
    amountBelow: true,
  },
  {
    name: "Swiss",
    locale: "de-CH",
    currency: "CHF",
    date: "09.11.2026",
    dueDate: "09.12.2026",
    lines: 5,
    discounts: true,
  },
  {
    name: "French",
    locale: "fr-FR",
    currency: "EUR",
    sign: { after: " \\200" },
    date: "9 novembre 2026",
    dueDate: "09/12/2026",
    lines: 7,
    freight: true,
  },
  {
    name: "Italian",
    locale: "it-IT",
    currency: "EUR",
    date: "09/11/2026",
    dueDate: "31/12/2026",
    lines: 2,
    amountAbove: true,
  },
  {
    name: "Spanish",
    locale: "es-ES",
    currency: "EUR",
    date: "9 de noviembre de 2026",
    dueDate: "9 de diciembre de 2026",
    lines: 1,
  },
  {
    name: "Dutch",
    locale: "nl-NL",
    currency: "EUR",
    sign: { before: "\\200 " },
    date: "9 november 2026",
    dueDate: "09-12-2026",
    lines: 4,
    totalOnTop: true,
  },
  {
    name: "Indian",
    locale: "en-IN",
    currency: "INR",
    sign: { before: "Rs. " },
    date: "09-Nov-2026",
    dueDate: "09-Dec-2026",
    lines: 3,
  },
  {
    name: "Japanese",
    locale: "en-US",
    currency: "JPY",
    date: "2026/11/09",
    dueDate: "2026/12/09",
    lines: 4,
  },
  {
    name: "Chilean",
    locale: "es-CL",
    currency: "CLP",
    sign: { before: "$" },
    date: "09-11-2026",
    dueDate: "09-12-2026",
    lines: 3,
    totalOnTop: true,
  },
  {
    name: "Kuwaiti",
    locale: "en-US",
    currency: "KWD",
    sign: { before: "KD " },
    date: "09 Nov 2026",
    dueDate: "09 Dec 2026",
    lines: 4,
  },
  {
    name: "Bahraini, whose every amount could be a thousand times more",
    locale: "en-US",
    currency: "BHD",
    date: "09 Nov 2026",
    dueDate: "09 Dec 2026",
    lines: 1,
    firstLine: 1,
  },
  {
    name: "Korean, whose every amount could be a thousand times less",
    locale: "en-US",
    currency: "KRW",
    date: "2026-11-09",
    dueDate: "2026-12-09",
    lines: 1,
    firstLine: 1,
  },
  {
    name: "Irish, whose dates a word for its tax tells",
    locale: "en-IE",
    currency: "EUR",
    date: "09/11/2026",
    dueDate: "09/12/2026",
    lines: 3,
  },
  {
    name: "American, whose dates a word for its tax tells",
    locale: "en-US",
    currency: "USD",
    sign: { before: "$" },
    date: "11/09/2026",
    dueDate: "12/09/2026",
    tax: "Sales tax",
    lines: 3,
  },
  {
    name: "Singaporean, whose dates the terms of payment tell",
    locale: "en-SG",
    currency: "SGD",
    date: "09/11/2026",
    dueDate: "09/12/2026",
    tax: "Tax",
    terms: "Payment within 30 days",
    lines: 3,
  },
  {
    name: "Tunisian",
    locale: "fr-FR",
    currency: "TND",
    date: "9 novembre 2026",
    dueDate: "09/12/2026",
    lines: 3,
    freight: true,
  },
];
