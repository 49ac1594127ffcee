import { z } from "zod";

/**
 * What an extraction is checked for. Each name is a promise to the ERP developers who act on it: it stays, and
 * `docs/erp/validation.md` says the same about it as this table. An `error` makes the extraction `invalid`: it cannot be
 * booked as it is. A `warning` asks somebody to look; the extractor makes a `note` of it where the page itself prints what
 * breaks the rule. A rule that is a `note` says how a document that is right has to be read. `by_policy` is what the
 * tenant's policy says about ungrounded values.
 */
export const VALIDATION_RULES = {
  // What has to be there.
  required_field_missing: {
    severity: "error",
    says: "A field is not stated without which a document of this type cannot be booked.",
  },
  lines_missing: {
    severity: "warning",
    says: "The document bills or confirms something and no line of it was read; e-invoices of the profiles MINIMUM and BASIC WL have none, and neither has the data of an order response that accepts the whole order, which has no warning.",
  },
  line_amount_missing: {
    severity: "warning",
    says: "A line of a bill, or of an order with a total, states no amount; a note where the page prints its text and no number with it.",
  },
  line_quantity_missing: {
    severity: "warning",
    says: "A line of goods states neither quantity nor packages nor weight; a note where the page prints its text and no number with it.",
  },
  document_type_other: {
    severity: "warning",
    says: "The document is of no type that Flowstate knows, so it is not known which fields it needs.",
  },
  // Arithmetic. Amounts agree when they differ by less than the currency's smallest unit where something was rounded, and
  // are equal where nothing was.
  line_amount_differs: {
    severity: "warning",
    says: "A line's amount is not its quantity times its price, divided by the price's base quantity, less its discount.",
  },
  price_base_not_positive: {
    severity: "warning",
    says: "A price is said to be for no quantity, or for a negative one, so nothing follows from it.",
  },
  net_total_differs: {
    severity: "warning",
    says: "The net total is not the sum of the lines' amounts.",
  },
  lines_include_tax: {
    severity: "note",
    says: "Prices and amounts of the lines contain their tax: together they are the total with tax, as on receipts, and they are gross amounts.",
  },
  tax_basis_differs: {
    severity: "warning",
    says: "The total without tax is not the net total less allowances plus charges, or not the sum of what is taxed by rate.",
  },
  tax_amount_differs: {
    severity: "warning",
    says: "The tax at one rate is not that rate of what is taxed.",
  },
  tax_total_differs: {
    severity: "warning",
    says: "The total tax is not the sum of the taxes by rate.",
  },
  tax_rate_of_line_unlisted: {
    severity: "warning",
    says: "A line has a tax rate that the document's taxes by rate do not have.",
  },
  taxed_lines_differ: {
    severity: "warning",
    says: "What is taxed at one rate is more than the lines of that rate and all charges amount to: a line may have another rate.",
  },
  tax_of_lines_missing: {
    severity: "warning",
    says: "Lines state a rate of tax, and the document states a total with tax and no tax.",
  },
  tax_rate_negative: {
    severity: "warning",
    says: "A tax is stated at a rate below zero: what the buyer withholds (IRPF, ritenuta d'acconto) is no tax on what is sold, and belongs in `withheld` among the totals.",
  },
  total_too_precise: {
    severity: "warning",
    says: "A total has more digits after the point than its currency: what parts thousands may have been read as what begins the fraction.",
  },
  gross_total_differs: {
    severity: "error",
    says: "The total with tax is not the total without tax plus the tax, in Swiss francs also rounded to five centimes: the entry would not balance.",
  },
  gross_less_withheld: {
    severity: "warning",
    says: "The total with tax is what is left of it after tax was withheld: what the vendor bills is more, by `withheld` among the totals, or by what the page prints behind the words for such a tax.",
  },
  due_total_differs: {
    severity: "warning",
    says: "The amount due is not the total with tax less what was prepaid and withheld, rounding included.",
  },
  total_negative: {
    severity: "warning",
    says: "The total is negative: an invoice that takes money back, or a credit note that prints a minus; a note where the page prints that minus.",
  },
  due_without_tax: {
    severity: "warning",
    says: "What is to be paid is the total without tax, or the tax alone: the rest of the bill may have been read as paid already, or as rounding.",
  },
  rounding_implausible: {
    severity: "warning",
    says: "What is said to be rounding is a whole unit of the currency or more, and more than a thousandth of the total with tax.",
  },
  // Weights and packages.
  net_weight_differs: {
    severity: "warning",
    says: "The total net weight is not the sum of the lines' net weights.",
  },
  gross_weight_differs: {
    severity: "warning",
    says: "The total gross weight is not the sum of the lines' gross weights.",
  },
  net_weight_above_gross: {
    severity: "warning",
    says: "Something weighs more without its packaging than with it.",
  },
  packages_differ: {
    severity: "warning",
    says: "The total number of packages is not the sum of the lines' packages.",
  },
  // Dates.
  date_implausible: {
    severity: "warning",
    says: "A date lies before 2000, the document's own more than 60 days ahead, or the due date more than five years ahead.",
  },
  due_before_document: {
    severity: "warning",
    says: "The document is due before it was issued.",
  },
  // Numbers that check themselves, and codes with a known form.
  gtin_check_digit: {
    severity: "warning",
    says: "A GTIN does not have 8, 12, 13 or 14 digits, or its check digit is wrong.",
  },
  iban_check_digits: {
    severity: "warning",
    says: "An IBAN does not have the form of one, or its check digits are wrong.",
  },
  vat_id_format: {
    severity: "warning",
    says: "A VAT identification number does not have the form that its country gives such numbers.",
  },
  container_check_digit: {
    severity: "warning",
    says: "A container number does not have the form of ISO 6346, or its check digit is wrong.",
  },
  currency_unknown: {
    severity: "warning",
    says: "The currency is not a code of ISO 4217.",
  },
  extra_field_type: {
    severity: "warning",
    says: "A field that the tenant asked for is not of the type that the tenant gave it.",
  },
  // The page against what was read from it.
  e_invoice_contradicts_page: {
    severity: "warning",
    says: "The e-invoice data states another total, or another currency, than the pages around it.",
  },
  e_invoice_not_compared: {
    severity: "warning",
    says: "Whether the pages say the same as the e-invoice data inside them is not known: they print no amounts, have no text, are damaged, or have too much on them.",
  },
  document_type_not_on_page: {
    severity: "by_policy",
    says: "The page calls itself something else than `document_type` says: by its title, or by what it calls its own number.",
  },
  total_not_on_page: {
    severity: "by_policy",
    says: "A total, or a tax rate that no calculation confirms, was read that is printed on no page or in another unit, or only with another sign, or what changes the amount to be paid is printed only as something else.",
  },
  line_amount_not_on_page: {
    severity: "by_policy",
    says: "A line's amount was read that is not printed where the line is, or only with another sign.",
  },
  line_value_not_on_page: {
    severity: "warning",
    says: "A line's quantity, packages or weight was read that is not printed where the line is, or in another unit than is printed with it, or a price, discount or tax rate that no page prints and no calculation confirms, or is its price there, or is another by the headings of the table.",
  },
  identity_not_on_page: {
    severity: "warning",
    says: "The document's number, one of its dates, its currency, the bank account, or a party's name, address or tax number was read and is printed on no page, or a party's country, and its address there prints another.",
  },
  date_order_unclear: {
    severity: "warning",
    says: "One of the document's dates is printed so that day and month may be the other way round (`05/03/2026`), and nothing on its pages tells.",
  },
  reference_not_on_page: {
    severity: "warning",
    says: "A number that the document refers to (order, contract, delivery note, shipment, container, seal) or a part of its transport was read and is printed on no page.",
  },
  line_text_not_on_page: {
    severity: "warning",
    says: "A line's description, item number, GTIN, customs tariff number or batch was read and is printed on no page, or its country of origin, and the page says another.",
  },
  extra_field_not_on_page: {
    severity: "warning",
    says: "A field that the tenant asked for was read and its value is printed on no page.",
  },
  value_mislabelled: {
    severity: "warning",
    says: "The document's number, one of its dates, a number or a part of the transport that it refers to, or a weight or a number of packages of the whole was read that the page prints as something else: behind the words for another, or while another stands behind its words.",
  },
  party_misplaced: {
    severity: "warning",
    says: "Vendor or buyer, or the address or tax number of one of them, stands where the page has the other: under its label or name, or as the one whose paper it is; or the buyer stands where the page has who gets the goods; or the name or street of a carrier and of somebody else are the other's by the labels of the page.",
  },
  line_text_misplaced: {
    severity: "warning",
    says: "A line's description or number was read that is printed with another line, whose own was read for yet another, or which has it, too, while this line's own was not read; or an item number of the seller or the buyer, a GTIN, a customs tariff number or a batch is something else by its heading or label.",
  },
  page_unreadable: {
    severity: "by_policy",
    says: "A page is damaged or has more on it than is looked at, so nothing that was read could be confirmed.",
  },
  amounts_not_extracted: {
    severity: "by_policy",
    says: "Amounts are printed that were not read: a line, or the tax, may be missing.",
  },
} as const satisfies Readonly<
  Record<string, { readonly severity: "error" | "warning" | "note" | "by_policy"; readonly says: string }>
>;
export type ValidationRule = keyof typeof VALIDATION_RULES;

export const validationRuleSchema = z.enum(Object.keys(VALIDATION_RULES) as [ValidationRule, ...ValidationRule[]]);
