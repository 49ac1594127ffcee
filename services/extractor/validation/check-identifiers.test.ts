import { extractionPolicySchema, type Facts } from "@flowstate/contracts";
import { describe, expect, it } from "vitest";
import { factsWith, invoiceFacts } from "../testing/sample-facts.ts";
import { checkExtraFields, checkIdentifiers } from "./check-identifiers.ts";

// Real: the checks. The invoice is right everywhere; each case changes one thing.

const NO_SUCH_CURRENCY = ["EUX", "ABC", "ZZZ", "DEM"];

describe("checkIdentifiers", () => {
  it("finds nothing wrong where every identifier is right, or where there is none", () => {
    expect(checkIdentifiers(invoiceFacts())).toEqual([]);
    expect(checkIdentifiers(factsWith({}))).toEqual([]);
  });

  it.each([
    [
      "gtin_check_digit",
      "/lines/1/gtin",
      (facts: Facts) => {
        const line = facts.lines[1];
        if (line !== undefined) line.gtin = "96385047";
      },
    ],
    [
      "iban_check_digits",
      "/payment/iban",
      (facts: Facts) => {
        facts.payment.iban = "DE89370400440532013001";
      },
    ],
    [
      "container_check_digit",
      "/references/container_numbers/1",
      (facts: Facts) => {
        facts.references.container_numbers[1] = "MSCU6398711";
      },
    ],
    [
      "vat_id_format",
      "/vendor/tax_ids/0/value",
      (facts: Facts) => void facts.vendor?.tax_ids.splice(0, 1, { scheme: "vat", value: "DK1234567" }),
    ],
    [
      "vat_id_format",
      "/buyer/tax_ids/0/value",
      (facts: Facts) => void facts.buyer?.tax_ids.splice(0, 1, { scheme: "vat", value: "12987654" }),
    ],
    [
      "vat_id_format",
      "/carrier/tax_ids/1/value",
      (facts: Facts) => {
        facts.carrier = facts.vendor && {
          ...facts.vendor,
          tax_ids: [
            { scheme: "other", value: "1" },
            { scheme: "vat", value: "GB1" },
          ],
        };
      },
    ],
    [
      "vat_id_format",
      "/ship_to/tax_ids/0/value",
      (facts: Facts) => {
        facts.ship_to = facts.buyer && { ...facts.buyer, tax_ids: [{ scheme: "vat", value: "FR1" }] };
      },
    ],
  ])("finds %s at %s", (rule, path, change) => {
    expect(checkIdentifiers(invoiceFacts(change))).toEqual([{ rule, path }]);
  });

  it("judges VAT numbers only, not those of a tax office", () => {
    const facts = invoiceFacts(({ vendor }) => {
      vendor?.tax_ids.push({ scheme: "tax_number", value: "DE1" }, { scheme: "other", value: "DE1" });
    });
    expect(checkIdentifiers(facts)).toEqual([]);
  });

  it.each(["EUR", "JPY", "KWD", "VES"])("knows the currency %s", (currency) => {
    expect(checkIdentifiers(factsWith({ currency }))).toEqual([]);
  });

  it.each(NO_SUCH_CURRENCY)("does not know the currency %s", (currency) => {
    expect(checkIdentifiers(factsWith({ currency }))).toEqual([{ rule: "currency_unknown", path: "/currency" }]);
  });
});

describe("checkExtraFields", () => {
  const { extra_fields: requested } = extractionPolicySchema.parse({
    extra_fields: [
      { name: "project", type: "text", description: "The project." },
      { name: "duty", type: "number", description: "The duty." },
      { name: "arrival", type: "date", description: "When it arrives." },
    ],
  });
  const extra = (name: string, value: string | null) =>
    factsWith({
      extra: [
        { name: "project", value: "=1+1" },
        { name, value },
      ],
    });

  it.each([
    ["project", "2026-13-45"],
    ["duty", "12.50"],
    ["duty", "-3"],
    ["arrival", "2026-11-23"],
    ["duty", null],
    ["arrival", null],
  ])("accepts %s: %s", (name, value) => {
    expect(checkExtraFields(extra(name, value), requested)).toEqual([]);
  });

  it.each([
    ["duty", "12,50"],
    ["duty", "1e9"],
    ["duty", "12.50 EUR"],
    ["arrival", "23.11.2026"],
    ["arrival", "2026-02-30"],
  ])("finds extra_field_type for %s: %s", (name, value) => {
    expect(checkExtraFields(extra(name, value), requested)).toEqual([
      { rule: "extra_field_type", path: "/extra/1/value" },
    ]);
  });
});
