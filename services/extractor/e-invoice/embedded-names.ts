/**
 * The names under which the standards embed CII data, likeliest first: Factur-X and ZUGFeRD 2.1 or newer, ZUGFeRD 1.0 and
 * 2.0, XRechnung in a hybrid PDF. Producers differ in case (ZUGFeRD 1.0 itself prescribes capitals).
 */
const NAMES: readonly string[] = ["factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml"];

/** How early a file of this name should be tried, from 0; undefined if it is no e-invoice by its name. */
export function eInvoicePreference(fileName: string): number | undefined {
  const position = NAMES.indexOf(fileName.trim().toLowerCase());
  return position === -1 ? undefined : position;
}
