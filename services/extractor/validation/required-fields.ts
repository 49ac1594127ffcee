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
/** Bills that are paid as a whole often print their total as what is due, and nothing else. */
const GROSS: Requirement = {
  path: "/totals/gross",
  or: "`/totals/due`",
  stated: ({ totals }) => totals.gross !== null || totals.due !== null,
};
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

/** Whoever accepts an order as it is need not repeat it. */
const LINES_OR_ORDER: Requirement = {
  path: "/lines",
  or: "the purchase order's number, which is then confirmed as it is",
  stated: ({ lines, references }) => lines.length > 0 || references.purchase_order_numbers.length > 0,
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
  order_confirmation: [NUMBER, DATE, VENDOR, LINES_OR_ORDER, CURRENCY_OF_AMOUNTS],
  packing_list: [NUMBER_OR_REFERENCE, LINES],
  delivery_note: [NUMBER, VENDOR, LINES],
  bill_of_lading: [NUMBER, CARRIER_OR_SHIPPER, CARGO],
  other: [CURRENCY_OF_AMOUNTS],
};

/** Types that are about lines and need not have them. */
const ABOUT_LINES: readonly Facts["document_type"][] = ["invoice", "credit_note"];

/**
 * What a document of this type lacks to be booked, and what makes it doubtful that it was read as a whole. `isComplete` says
 * that it was: it is the document's own data.
 */
export function checkRequiredFields(
  facts: Facts,
  { isComplete = false }: { readonly isComplete?: boolean } = {},
): Finding[] {
  const { document_type: type, lines } = facts;
  const findings: Finding[] = REQUIRED_FIELDS[type]
    .filter(({ stated }) => !stated(facts))
    .map(({ path }) => ({ rule: "required_field_missing", path }));
  if (type === "other") findings.push({ rule: "document_type_other", path: "/document_type" });
  const isAboutLines = ABOUT_LINES.includes(type) || (type === "order_confirmation" && !isComplete);
  if (isAboutLines && lines.length === 0 && !findings.some(({ path }) => path === "/lines")) {
    findings.push({ rule: "lines_missing", path: "/lines" });
  }
  return findings;
}
