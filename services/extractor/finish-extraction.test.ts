import { DEFAULT_EXTRACTION_POLICY, type ExtractionPolicy, extractionSchema, type Facts } from "@flowstate/contracts";
import { describe, expect, it } from "vitest";
import { type Finishing, finishExtraction } from "./finish-extraction.ts";
import { type PrintedDocument, printedDocument } from "./grounding/printed/printed-document.ts";
import { factsOf } from "./testing/facts-of.ts";
import { printedPages } from "./testing/printed-pages.ts";
import { factsWith, invoiceFacts, lineWith } from "./testing/sample-facts.ts";

// Real: everything that makes an extraction of facts. The page is made of the facts, so that it prints what they state.

const today = "2026-11-23";

/** Cells of one row, each with its right edge, in points. */
type Row = ReadonlyArray<readonly [text: string, right: number]>;

function pageOf(rows: readonly Row[]): PrintedDocument {
  const placed = rows.map((cells, index) => ({
    y: 60 + 15 * index,
    cells: cells.map(([text, right]) => ({ text, left: right - 5 * text.length, right, height: 9 })),
  }));
  return printedDocument({ pages: [{ rows: placed }] });
}

/** Each value once: the head, the lines as a table with what else they state below them, the totals. */
function printOf({ lines, totals, ...head }: Facts): PrintedDocument {
  const single = (text: string): Row => [[text, 50 + 5 * text.length]];
  return pageOf([
    ...leaves(head).map(single),
    ...lines.flatMap(({ description, quantity, unit_price, amount, ...more }): Row[] => [
      [
        [description ?? "", 150],
        [quantity ?? "", 300],
        [unit_price ?? "", 400],
        [amount ?? "", 500],
      ],
      single(leaves(more).join(" / ")),
    ]),
    ...leaves(totals)
      .filter((text) => text !== "S")
      .map((text): Row => [[text, 500]]),
  ]);
}

function leaves(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(leaves) : [];
}

function finished(facts: Facts, finishing: Partial<Finishing> = {}) {
  const { json, status, issueCount } = finishExtraction(facts, {
    page: undefined,
    policy: DEFAULT_EXTRACTION_POLICY,
    today,
    ...finishing,
  });
  return { extraction: extractionSchema.parse(JSON.parse(new TextDecoder().decode(json))), status, issueCount };
}

describe("finishExtraction", () => {
  it("adds to the facts what is known about them, and nothing else", () => {
    const { extraction, status, issueCount } = finished(invoiceFacts());
    const { schema_version, validation, grounding, spreadsheet_formulas } = extraction;
    expect(factsOf(extraction)).toEqual(invoiceFacts());
    expect({ schema_version, validation, spreadsheet_formulas }).toEqual({
      schema_version: "1.0",
      validation: { status: "valid", issues: [] },
      spreadsheet_formulas: [],
    });
    expect(grounding).toMatchObject({ text_layer: false, score: null, unmatched_amounts: null });
    expect({ status, issueCount }).toEqual({ status: "valid", issueCount: 0 });
  });

  it("gives a unit the same code, whoever read it, and keeps what the document says", () => {
    const weight = (unit: string) => ({ value: "1", unit });
    const linesIn = (unit: string, ofWeight: string) =>
      factsWith({ lines: [lineWith({ unit, net_weight: weight(ofWeight) }), lineWith({})] });
    const codesOf = (facts: Facts, finishing?: Partial<Finishing>) =>
      finished(facts, finishing).extraction.lines.map(({ unit, unit_code, net_weight }) => [
        unit,
        unit_code,
        net_weight?.unit_code,
      ]);
    const without = [null, null, undefined];
    expect(codesOf(linesIn("Stk.", "kg"))).toEqual([["Stk.", "H87", "KGM"], without]);
    expect(codesOf(linesIn("H87", "KGM"), { eInvoice: "read" })).toEqual([["H87", "H87", "KGM"], without]);
    expect(codesOf(linesIn("Gebinde", "ton"))).toEqual([["Gebinde", null, null], without]);
    expect(codesOf(linesIn("4G", "Gebinde"), { eInvoice: "read" })).toEqual([["4G", "4G", null], without]);
  });

  it("makes bytes in an allocation of their own, to be wiped", () => {
    const { json } = finishExtraction(invoiceFacts(), { page: undefined, policy: DEFAULT_EXTRACTION_POLICY, today });
    expect(json.byteLength).toBe(json.buffer.byteLength);
  });

  it("cleans before it looks: what is validated and looked for is what is delivered", () => {
    const dirty = invoiceFacts((facts) => {
      facts.document_number = "LX-2026-\u200b0815";
      facts.currency = "EUR";
      if (facts.vendor !== null) facts.vendor.name = "\u202e=Lindholm";
    });
    const { extraction } = finished(dirty, { page: printOf(invoiceFacts()) });
    expect(extraction.document_number).toBe("LX-2026-0815");
    expect(extraction.spreadsheet_formulas).toEqual(["/vendor/name"]);
    expect(extraction.grounding.fields).toContainEqual({ path: "/document_number", grounded: "page" });
    expect(extraction.validation.issues.map(({ path }) => path)).toEqual(["/vendor/name"]);
  });

  it("is invalid when a field is missing that nothing can be booked without", () => {
    const { extraction, status, issueCount } = finished(
      invoiceFacts((facts) => Object.assign(facts, { currency: null })),
    );
    expect({ status, issueCount }).toEqual({ status: "invalid", issueCount: 1 });
    expect(extraction.validation).toEqual({
      status: "invalid",
      issues: [{ rule: "required_field_missing", severity: "error", path: "/currency" }],
    });
  });

  describe("with a page", () => {
    const page = printOf(invoiceFacts());
    const otherTotal = invoiceFacts((facts) => {
      facts.totals.due = "48.75";
    });

    it("finds nothing wrong where the page prints what was read", () => {
      const { extraction, status } = finished(invoiceFacts(), { page });
      expect({ status, issues: extraction.validation.issues }).toEqual({ status: "valid", issues: [] });
      expect(extraction.grounding.score).toBe("1");
    });

    it("warns of a total that is not printed, though it adds up", () => {
      const { extraction } = finished(otherTotal, { page });
      expect(extraction.validation.issues).toContainEqual({
        rule: "total_not_on_page",
        severity: "warning",
        path: "/totals/due",
      });
      expect(extraction.validation.status).toBe("warnings");
    });

    it("says invalid of it where the tenant's policy does", () => {
      const policy: ExtractionPolicy = { ...DEFAULT_EXTRACTION_POLICY, on_ungrounded: "invalid" };
      expect(finished(otherTotal, { page, policy }).status).toBe("invalid");
      expect(finished(invoiceFacts(), { page, policy }).status).toBe("valid");
    });

    it("warns of printed amounts that nobody read", () => {
      const short = invoiceFacts((facts) => {
        facts.lines.pop();
        facts.totals = {
          ...facts.totals,
          net: "59.30",
          tax_basis: "65.00",
          tax: "12.35",
          gross: "77.35",
          due: "27.60",
        };
        facts.totals.tax_by_rate.pop();
      });
      const { extraction } = finished(short, { page });
      expect(extraction.validation.issues.map(({ rule }) => rule)).toContain("amounts_not_extracted");
    });

    it("needs no page to confirm the document's own data, and still says what is printed", () => {
      const { extraction, status } = finished(otherTotal, { page, eInvoice: "read" });
      expect({ status, issues: extraction.validation.issues }).toEqual({ status: "valid", issues: [] });
      expect(extraction.grounding.fields).toContainEqual({ path: "/totals/due", grounded: "absent" });
    });

    it("warns of the document's own data when the page prints another total", () => {
      const { extraction } = finished(invoiceFacts(), { page, eInvoice: "contradicts_page" });
      expect(extraction.validation).toEqual({
        status: "warnings",
        issues: [{ rule: "e_invoice_contradicts_page", severity: "warning", path: "/totals/gross" }],
      });
    });

    it("warns of a title that says something else, the document's own data not excepted", () => {
      const titled = pageOf([[["Credit note LX-2026-0815", 200]], [["98.75", 500]]]);
      const issue = { rule: "document_type_not_on_page", severity: "warning", path: "/document_type" };
      expect(finished(invoiceFacts(), { page: titled }).extraction.validation.issues).toContainEqual(issue);
      expect(finished(invoiceFacts(), { page: titled, eInvoice: "read" }).extraction.validation.issues).toEqual([
        issue,
      ]);
      const policy: ExtractionPolicy = { ...DEFAULT_EXTRACTION_POLICY, on_ungrounded: "invalid" };
      expect(finished(invoiceFacts(), { page: titled, eInvoice: "read", policy }).status).toBe("invalid");
    });

    it("notes what the document itself gets wrong, and stays valid", () => {
      const wrongIban = invoiceFacts((facts) => {
        facts.payment.iban = "DE89 3704 0044 0532 0130 01";
      });
      const { extraction, status, issueCount } = finished(wrongIban, { page: printOf(wrongIban) });
      expect(extraction.validation.issues).toEqual([
        { rule: "iban_check_digits", severity: "note", path: "/payment/iban" },
      ]);
      expect({ status, issueCount }).toEqual({ status: "valid", issueCount: 0 });
      expect(finished(wrongIban, { page }).status).toBe("warnings");
    });
  });

  it("warns, or says invalid by policy, when the pages cannot be looked at", () => {
    const { extraction } = finished(invoiceFacts(), { page: "unreadable" });
    expect(extraction.validation).toEqual({
      status: "warnings",
      issues: [{ rule: "page_unreadable", severity: "warning", path: "" }],
    });
    expect(extraction.grounding).toMatchObject({ text_layer: false, score: null });
    const policy: ExtractionPolicy = { ...DEFAULT_EXTRACTION_POLICY, on_ungrounded: "invalid" };
    expect(finished(invoiceFacts(), { page: "unreadable", policy }).status).toBe("invalid");
    expect(finished(invoiceFacts(), { page: undefined, policy }).status).toBe("valid");
  });

  it.each([
    ["have no text", undefined],
    ["cannot be looked at", "unreadable"],
    ["print no amounts", printedPages(["Your invoice is attached."])],
  ] as const)("warns of e-invoice data whose pages %s", (_why, page) => {
    const { extraction } = finished(invoiceFacts(), { page, eInvoice: "read" });
    expect(extraction.validation).toEqual({
      status: "warnings",
      issues: [{ rule: "e_invoice_not_compared", severity: "warning", path: "" }],
    });
    const despatch = factsWith({ document_type: "other" });
    expect(finished(despatch, { page, eInvoice: "read" }).extraction.validation.issues).not.toContainEqual(
      expect.objectContaining({ rule: "e_invoice_not_compared" }),
    );
  });

  it("says of e-invoice data on a page without amounts that no amount of it could be checked", () => {
    const page = printedPages(["Invoice LX-2026-0815 is attached."]);
    const { grounding } = finished(invoiceFacts(), { page, eInvoice: "read" }).extraction;
    const amounts = grounding.fields.filter(({ path }) => /^\/totals\/(?:net|tax|gross|due)$|\/amount$/.test(path));
    expect(new Set(amounts.map(({ grounded }) => grounded))).toEqual(new Set(["not_checkable"]));
    expect(finished(invoiceFacts(), { page }).extraction.grounding.fields).toContainEqual({
      path: "/totals/gross",
      grounded: "absent",
    });
  });

  it("warns of a page that prints a tax nobody read", () => {
    const page = printedPages(["Net|100,00", "VAT 19 %|19,00", "Total|119,00"]);
    const untaxed = factsWith({ totals: { ...factsWith({}).totals, net: "100.00", gross: "100.00" } });
    expect(finished(untaxed, { page }).extraction.validation.issues).toContainEqual({
      rule: "amounts_not_extracted",
      severity: "warning",
      path: "/totals/tax",
    });
  });

  describe("with fields of the tenant's own", () => {
    const policy: ExtractionPolicy = {
      ...DEFAULT_EXTRACTION_POLICY,
      extra_fields: [
        { name: "project", type: "text", description: "The project." },
        { name: "duty", type: "number", description: "The duty." },
      ],
    };
    const answered = (extra: Facts["extra"]) => invoiceFacts((facts) => Object.assign(facts, { extra }));

    it("delivers each that was asked for once, in the tenant's order, and no other", () => {
      const { extraction } = finished(
        answered([
          { name: "target_url", value: "https://elsewhere.example/" },
          { name: "duty", value: "12.50" },
          { name: "project", value: "P-7" },
          { name: "duty", value: "99" },
        ]),
        { policy },
      );
      expect(extraction.extra).toEqual([
        { name: "project", value: "P-7" },
        { name: "duty", value: "12.50" },
      ]);
    });

    it("warns of a value that no page prints", () => {
      const page = printedPages(["Invoice LX-2026-0815", "Project|P-7", "Duty|1.012,50"]);
      const extra = (project: string, duty: string) => [
        { name: "project", value: project },
        { name: "duty", value: duty },
      ];
      const issuesOf = (read: Facts["extra"]) =>
        finished(answered(read), { policy, page }).extraction.validation.issues.filter(({ path }) =>
          path.startsWith("/extra/"),
        );
      expect(issuesOf(extra("P-7", "1012.50"))).toEqual([]);
      expect(issuesOf(extra("P-8", "1012.05"))).toEqual([
        { rule: "extra_field_not_on_page", severity: "warning", path: "/extra/0/value" },
        { rule: "extra_field_not_on_page", severity: "warning", path: "/extra/1/value" },
      ]);
    });

    it("delivers none to a tenant that asked for none", () => {
      expect(finished(answered([{ name: "project", value: "P-7" }])).extraction.extra).toEqual([]);
    });

    it("warns of a value of another type, by its place in what is delivered", () => {
      const { extraction } = finished(answered([{ name: "duty", value: "twelve" }]), { policy });
      expect(extraction.validation.issues).toEqual([
        { rule: "extra_field_type", severity: "warning", path: "/extra/0/value" },
      ]);
    });
  });

  it("counts problems that are too many to be listed", () => {
    const many = invoiceFacts((facts) => {
      facts.lines = Array.from({ length: 1_500 }, () => ({
        ...structuredClone(invoiceFacts().lines[0]),
        gtin: "1",
      })) as typeof facts.lines;
    });
    const { extraction, issueCount } = finished(many);
    expect(issueCount).toBeGreaterThan(1_500);
    expect(extraction.validation.issues).toHaveLength(1_000);
  });
});
