import { canonicalDecimal, type Decimal, FACTS_LIMITS, type Measure } from "@flowstate/contracts";
import type { XmlElement } from "./parse-xml.ts";

/**
 * Values of elements in the forms that `Facts` asks for. `null` where the element is missing, is empty, or holds something
 * that has no such form: a value is read exactly or not at all.
 */

/** What is longer is cut: a name is better cut than missing. */
export function text(element: XmlElement | undefined): string | null {
  return cut(element?.text, FACTS_LIMITS.text);
}

/** An identifier of fixed form, without spaces. What is too long is none: a cut number is another number. */
export function code(element: XmlElement | undefined): string | null {
  const value = element?.text?.replaceAll(/\s/g, "");
  return value === undefined || value === "" || value.length > FACTS_LIMITS.code ? null : value;
}

/** The first `length` UTF-16 units, without half a surrogate pair at the end. */
export function cut(value: string | undefined, length: number): string | null {
  if (value === undefined || value === "") return null;
  return value.length <= length ? value : value.slice(0, length).replace(/[\uD800-\uDBFF]$/, "");
}

/** What an indicator of type xs:boolean says (XML Schema, part 2, 3.2.2); undefined for anything else. */
export function indicator(value: string | undefined): boolean | undefined {
  if (value === "true" || value === "1") return true;
  return value === "false" || value === "0" ? false : undefined;
}

export function currency(element: XmlElement | undefined): string | null {
  return pattern(element, /^[A-Z]{3}$/);
}

export function country(element: XmlElement | undefined): string | null {
  return pattern(element, /^[A-Z]{2}$/);
}

/** The three letters of an Incoterms rule. UNTDID 4053, whose codes stand in the same place, has numbers among them. */
export function incoterm(element: XmlElement | undefined): string | null {
  return pattern(element, /^[A-Z]{3}$/);
}

function pattern(element: XmlElement | undefined, shape: RegExp): string | null {
  const value = element?.text;
  return value !== undefined && shape.test(value) ? value : null;
}

export function decimal(element: XmlElement | undefined): Decimal | null {
  return element?.text === undefined ? null : (canonicalDecimal(element.text) ?? null);
}

/** A figure with the unit in its `unitCode` attribute. */
export function measure(element: XmlElement | undefined): Measure {
  const value = decimal(element);
  return value === null ? null : { value, unit: unitCode(element) };
}

export function unitCode(element: XmlElement | undefined): string | null {
  return cut(element?.attribute("unitCode"), FACTS_LIMITS.unit);
}

/**
 * The calendar date at the beginning of a spelling: UN/EDIFACT format 102 (`20261123`) or a longer one that begins with it
 * (203, 204), an ISO 8601 date or date and time.
 */
export function date(element: XmlElement | undefined): string | null {
  const match = /^(\d{4})-?(\d{2})-?(\d{2})(?:\D|\d{4}(?:\d{2})?$|$)/.exec(element?.text ?? "");
  if (match === null) return null;
  const iso = `${match[1]}-${match[2]}-${match[3]}`;
  const parsed = new Date(`${iso}T00:00:00Z`);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(iso) ? iso : null;
}

/** An item's name (BT-153), and its description (BT-154) where that says something else. */
export function description(name: XmlElement | undefined, detail: XmlElement | undefined): string | null {
  const parts = new Set([name?.text, detail?.text].filter((part) => part !== undefined));
  return cut([...parts].join("\n"), FACTS_LIMITS.description);
}

/** The texts of elements, each once, in the document's order. */
export function distinct(elements: readonly (XmlElement | undefined)[], read = text): string[] {
  return [...new Set(elements.map((element) => read(element)).filter((value) => value !== null))];
}

/** A product's GTIN (BT-157): ISO 6523 calls the scheme 0160. */
export function gtin(identifiers: readonly XmlElement[]): string | null {
  return code(identifiers.find((identifier) => identifier.attribute("schemeID") === "0160"));
}

/** UNTDID 7143: the code of an item classification (BT-158) is a Harmonized System number. */
export function hsCode(classifications: readonly XmlElement[]): string | null {
  return code(classifications.find((classification) => classification.attribute("listID") === "HS"));
}

/**
 * The amount in the document's own currency, or one without a currency: tax totals are given twice where the tax authority
 * asks for its own (BT-111).
 */
export function inCurrency(amounts: readonly XmlElement[], wanted: string | null): XmlElement | undefined {
  const currencyOf = (amount: XmlElement) => amount.attribute("currencyID");
  return (
    amounts.find((amount) => currencyOf(amount) === wanted) ??
    amounts.find((amount) => currencyOf(amount) === undefined)
  );
}
