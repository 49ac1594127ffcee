/**
 * The names under which the standards embed data, likeliest first: Factur-X and ZUGFeRD 2.1 or newer, ZUGFeRD 1.0 and 2.0,
 * XRechnung in a hybrid PDF, Order-X, its despatch advice. Producers differ in case (ZUGFeRD 1.0 itself prescribes
 * capitals), and some name the file after the invoice.
 */
const NAMES: readonly string[] = [
  "factur-x.xml",
  "zugferd-invoice.xml",
  "xrechnung.xml",
  "order-x.xml",
  "cida.xml",
  "deliver-x.xml",
];

/**
 * How early an embedded file should be tried, from 0; undefined if it is no XML by its name. The name only orders: whether
 * it is an e-invoice is told by what is in it.
 */
export function eInvoicePreference(fileName: string): number | undefined {
  const name = fileName.trim().toLowerCase();
  if (!name.endsWith(".xml")) return undefined;
  const position = NAMES.indexOf(name);
  return position === -1 ? NAMES.length : position;
}
