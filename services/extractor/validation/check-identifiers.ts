import type { ExtractionPolicy, Facts } from "@flowstate/contracts";
import { decimalSchema } from "@flowstate/contracts";
import { z } from "zod";
import { isContainerNumber, isGtin, isIban } from "./check-digits.ts";
import type { Finding } from "./finding.ts";
import { hasVatIdFormat } from "./vat-id.ts";

const PARTIES = ["vendor", "buyer", "ship_to", "carrier"] as const;
/** The currencies of today, by the runtime's own data. */
const CURRENCIES: ReadonlySet<string> = new Set(Intl.supportedValuesOf("currency"));

/** Whether identifiers and codes can be what they are said to be. */
export function checkIdentifiers(facts: Facts): Finding[] {
  const { currency, payment, references, lines } = facts;
  const findings: Finding[] = [];
  if (currency !== null && !CURRENCIES.has(currency)) findings.push({ rule: "currency_unknown", path: "/currency" });
  if (payment.iban !== null && !isIban(payment.iban)) {
    findings.push({ rule: "iban_check_digits", path: "/payment/iban" });
  }
  for (const party of PARTIES) findings.push(...checkVatIds(facts, party));
  for (const [index, number] of references.container_numbers.entries()) {
    if (isContainerNumber(number)) continue;
    findings.push({ rule: "container_check_digit", path: `/references/container_numbers/${index}` });
  }
  for (const [index, { gtin }] of lines.entries()) {
    if (gtin !== null && !isGtin(gtin)) findings.push({ rule: "gtin_check_digit", path: `/lines/${index}/gtin` });
  }
  return findings;
}

function checkVatIds(facts: Facts, name: (typeof PARTIES)[number]): Finding[] {
  const party = facts[name];
  if (party === null) return [];
  return party.tax_ids.flatMap(({ scheme, value }, index) =>
    scheme !== "vat" || hasVatIdFormat(value, party.country)
      ? []
      : [{ rule: "vat_id_format", path: `/${name}/tax_ids/${index}/value` } as const],
  );
}

/** Whether the fields that a tenant asked for are of the types it gave them. */
export function checkExtraFields({ extra }: Facts, requested: ExtractionPolicy["extra_fields"]): Finding[] {
  const typeOf = new Map(requested.map(({ name, type }) => [name, type]));
  return extra.flatMap(({ name, value }, index) =>
    value === null || isOfType(value, typeOf.get(name) ?? "text")
      ? []
      : [{ rule: "extra_field_type", path: `/extra/${index}/value` } as const],
  );
}

function isOfType(value: string, type: ExtractionPolicy["extra_fields"][number]["type"]): boolean {
  switch (type) {
    case "text":
      return true;
    case "number":
      return decimalSchema.safeParse(value).success;
    case "date":
      return z.iso.date().safeParse(value).success;
    default:
      return type satisfies never;
  }
}
