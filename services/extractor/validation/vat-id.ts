/**
 * How VAT identification numbers look, after the country's prefix, in capitals and without separators. European Union and
 * Northern Ireland: European Commission, VIES frequently asked questions, "What is the format of VAT numbers?". United
 * Kingdom: HMRC VAT registration manual. Switzerland: Federal Statistical Office, UID with the register's suffix.
 */
const FORMATS: Readonly<Record<string, RegExp>> = {
  AT: /^U\d{8}$/,
  BE: /^[01]\d{9}$/,
  BG: /^\d{9,10}$/,
  CY: /^\d{8}[A-Z]$/,
  CZ: /^\d{8,10}$/,
  DE: /^\d{9}$/,
  DK: /^\d{8}$/,
  EE: /^\d{9}$/,
  EL: /^\d{9}$/,
  ES: /^(?:[A-Z]\d{7}[A-Z\d]|\d{8}[A-Z])$/,
  FI: /^\d{8}$/,
  FR: /^[A-HJ-NP-Z\d]{2}\d{9}$/,
  HR: /^\d{11}$/,
  HU: /^\d{8}$/,
  IE: /^(?:\d[A-Z\d+*]\d{5}[A-Z]|\d{7}[A-W][A-I])$/,
  IT: /^\d{11}$/,
  LT: /^(?:\d{9}|\d{12})$/,
  LU: /^\d{8}$/,
  LV: /^\d{11}$/,
  MT: /^\d{8}$/,
  NL: /^[A-Z\d+*]{10}\d{2}$/,
  PL: /^\d{10}$/,
  PT: /^\d{9}$/,
  RO: /^\d{2,10}$/,
  SE: /^\d{10}01$/,
  SI: /^\d{8}$/,
  SK: /^\d{10}$/,
  XI: /^(?:\d{9}|\d{12}|GD\d{3}|HA\d{3})$/,
  GB: /^(?:\d{9}|\d{12}|GD\d{3}|HA\d{3})$/,
  CH: /^E\d{9}(?:MWST|TVA|IVA|VAT)?$/,
};

/** ISO 3166-1 calls Greece GR, its VAT numbers begin with EL. */
const PREFIX_OF_COUNTRY: Readonly<Record<string, string>> = { GR: "EL" };

/**
 * Whether a VAT identification number has the form that its country gives such numbers. The prefix says the country; a
 * number printed without one is taken for `country`'s. Numbers of other countries are not judged.
 */
export function hasVatIdFormat(number: string, country: string | null): boolean {
  const compact = number.toUpperCase().replaceAll(/[\s./-]/g, "");
  const prefix = compact.slice(0, 2);
  const own = Object.hasOwn(FORMATS, prefix) ? FORMATS[prefix] : undefined;
  if (own !== undefined) return own.test(compact.slice(2));
  if (/^[A-Z]{2}/.test(compact) || country === null) return true;
  const home = PREFIX_OF_COUNTRY[country] ?? country;
  const format = Object.hasOwn(FORMATS, home) ? FORMATS[home] : undefined;
  return format === undefined || format.test(compact);
}
