import type { Facts } from "@flowstate/contracts";
import type { Finding } from "./finding.ts";

/** Something that a document has to state, and where the ERP's developers would look for it. */
interface Requirement {
  readonly path: string;
  /** What else would do in its place, for the documentation. */
  readonly or?: string;
  stated(facts: Facts): boolean;
}

const NUMBER: Requirement = { path: "/document_number", stated: (facts) => facts.document_number !== null };
const DATE: Requirement = { path: "/document_date", stated: (facts) => facts.document_date !== null };
const VENDOR: Requirement = { path: "/vendor/name", stated: ({ vendor }) => (vendor?.name ?? null) !== null };
const BUYER: Requirement = { path: "/buyer/name", stated: ({ buyer }) => (buyer?.name ?? null) !== null };
const LINES: Requirement = { path: "/lines", stated: ({ lines }) => lines.length > 0 };
const GROSS: Requirement = { path: "/totals/gross", stated: ({ totals }) => totals.gross !== null };
const CURRENCY: Requirement = { path: "/currency", stated: ({ currency }) => currency !== null };

const CURRENCY_OF_AMOUNTS: Requirement = {
  path: "/currency",
  or: "no amounts at all",
  stated: ({ currency, totals, lines }) =>
    currency !== null ||
    [totals.net, totals.tax_basis, totals.gross, totals.due, ...lines.map(({ amount }) => amount)].every(
      (amount) => amount === null,
    ),
};

/** Packing lists often have no number of their own and say which order, delivery or shipment they belong to. */
const NUMBER_OR_REFERENCE: Requirement = {
  path: "/document_number",
  or: "a delivery note's, shipment's, purchase order's or container's number",
  stated: ({ document_number, references }) =>
    document_number !== null ||
    references.delivery_note_number !== null ||
    references.shipment_number !== null ||
    references.purchase_order_numbers.length > 0 ||
    references.container_numbers.length > 0,
};

/** A bill of lading says what is shipped by lines or as a whole. */
const CARGO: Requirement = {
  path: "/lines",
  or: "packages, a gross weight or a container number for the whole",
  stated: ({ lines, totals, references }) =>
    lines.length > 0 ||
    totals.packages !== null ||
    totals.gross_weight !== null ||
    references.container_numbers.length > 0,
};

const CARRIER_OR_SHIPPER: Requirement = {
  path: "/carrier/name",
  or: "`/vendor/name`, who ships",
  stated: ({ carrier, vendor }) => (carrier?.name ?? vendor?.name ?? null) !== null,
};

export const REQUIRED_FIELDS: Readonly<Record<Facts["document_type"], readonly Requirement[]>> = {
  invoice: [NUMBER, DATE, VENDOR, CURRENCY, GROSS],
  credit_note: [NUMBER, DATE, VENDOR, CURRENCY, GROSS],
  purchase_order: [NUMBER, DATE, BUYER, LINES, CURRENCY_OF_AMOUNTS],
  order_confirmation: [NUMBER, DATE, VENDOR, LINES, CURRENCY_OF_AMOUNTS],
  packing_list: [NUMBER_OR_REFERENCE, LINES],
  delivery_note: [NUMBER, VENDOR, LINES],
  bill_of_lading: [NUMBER, CARRIER_OR_SHIPPER, CARGO],
  other: [CURRENCY_OF_AMOUNTS],
};

/** What a document of this type lacks to be booked, and what makes it doubtful that it was read as a whole. */
export function checkRequiredFields(facts: Facts): Finding[] {
  const type = facts.document_type;
  const findings: Finding[] = REQUIRED_FIELDS[type]
    .filter(({ stated }) => !stated(facts))
    .map(({ path }) => ({ rule: "required_field_missing", path }));
  if (type === "other") findings.push({ rule: "document_type_other", path: "/document_type" });
  if ((type === "invoice" || type === "credit_note") && facts.lines.length === 0) {
    findings.push({ rule: "lines_missing", path: "/lines" });
  }
  return findings;
}
