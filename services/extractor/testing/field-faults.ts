import type { Facts, Party } from "@flowstate/contracts";
import { factValues } from "../grounding/fact-values.ts";
import type { PrintedDocument } from "../grounding/printed/printed-document.ts";
import { type Faulty, faulty, setAt } from "./faulty.ts";

/**
 * Ways in which a model's answer is plausible and wrong in what is no amount: what is printed nowhere, and what is printed as
 * something else.
 */
export const FIELD_FAULT_KINDS = [
  "a digit of an identifier swapped",
  "an identifier cut at a mark",
  "an identifier invented",
  "a text invented",
  "document date replaced by another",
  "due date replaced by another",
  "document number replaced by another",
  "a reference replaced by another",
  "tax numbers given to the other party",
  "address given to the other party",
] as const;
export type FieldFaultKind = (typeof FIELD_FAULT_KINDS)[number];

const NAMES_ONE_THING =
  /^\/document_number$|^\/references\/(?:purchase_order|contract|delivery_note|shipment)_numbers?(?:\/\d+)?$|_item_number$/;

/** Each makes the variants of itself that a truth, and the page that it is printed on, allow. */
export const FIELD_FAULTS: Readonly<
  Record<FieldFaultKind, (truth: Facts, printed: PrintedDocument) => readonly Faulty[]>
> = {
  "a digit of an identifier swapped": identifiersSwapped,
  "an identifier cut at a mark": identifiersCut,
  "an identifier invented": identifiersInvented,
  "a text invented": textsInvented,
  "document date replaced by another": (truth, printed) => dateReplaced(truth, printed, "document_date"),
  "due date replaced by another": (truth, printed) => dateReplaced(truth, printed, "due_date"),
  "document number replaced by another": numberReplaced,
  "a reference replaced by another": referencesReplaced,
  "tax numbers given to the other party": taxIdsGiven,
  "address given to the other party": addressGiven,
};

/** Each identifier once: the last two neighbours that are not alike. A line's position is counted more often than read. */
function identifiersSwapped(truth: Facts): Faulty[] {
  return factValues(truth)
    .filter(({ kind, path }) => kind === "identifier" && !path.endsWith("/position"))
    .flatMap(({ path, value }) => {
      const swapped = lastDigitsSwapped(value);
      return swapped === undefined
        ? []
        : faulty(`${path}: ${value} read as ${swapped}`, truth, (facts) => setAt(facts, path, swapped));
    });
}

function lastDigitsSwapped(value: string): string | undefined {
  const swapped = value.replace(/(\d)(?!\1)(\d)(?!.*(\d)(?!\3)\d)/s, "$2$1");
  return swapped === value ? undefined : swapped;
}

/**
 * What is before the last hyphen, slash or dot, and what is behind it, where both have digits, of what is printed in one
 * piece.
 */
function identifiersCut(truth: Facts, { text }: PrintedDocument): Faulty[] {
  const stated = new Set(factValues(truth).map(({ value }) => value));
  return factValues(truth)
    .filter(({ path, value }) => NAMES_ONE_THING.test(path) && text.has(value))
    .flatMap(({ path, value }) =>
      [value.replace(/[-/.][^-/.]+$/, ""), value.replace(/^.*[-/.]/, "")]
        .filter((part) => /\d{2}/.test(part) && /\d/.test(value.replace(part, "")) && !stated.has(part))
        .map((part) => faulty(`${path}: ${value} read as ${part}`, truth, (facts) => setAt(facts, path, part))),
    );
}

/** Numbers that check themselves are right: only the page knows that they are not its. */
function identifiersInvented(truth: Facts): Faulty[] {
  const { references } = truth;
  const added = {
    "/references/purchase_order_numbers": [...references.purchase_order_numbers, "4500962318"],
    "/references/contract_number": "RV-88-1402",
    "/references/delivery_note_number": "LS-770142",
    "/references/shipment_number": "SHP-5521908",
    "/references/container_numbers": [...references.container_numbers, "HLXU2008419"],
    "/references/seal_numbers": [...references.seal_numbers, "ML-8840172"],
    "/payment/iban": "NO9386011117947",
    "/payment/bic": "DNBANOKKXXX",
    "/lines/0/seller_item_number": "QX-90417",
    "/lines/0/gtin": "4006381333931",
  };
  return Object.entries(added).flatMap(([path, value]) =>
    path.startsWith("/lines/") && truth.lines.length === 0
      ? []
      : faulty(`${path} invented`, truth, (facts) => setAt(facts, path, value)),
  );
}

/** Every description, and what is said of parties and of the transport. */
function textsInvented(truth: Facts): Faulty[] {
  const at = (path: string, value: string) => faulty(`${path} invented`, truth, (facts) => setAt(facts, path, value));
  const place = { street: "Speicherstadt 4", postal_code: "20457", city: "Hamburg" };
  return [
    ...truth.lines.flatMap(({ description }, index) =>
      description === null ? [] : at(`/lines/${index}/description`, "Annual maintenance retainer"),
    ),
    ...(["vendor", "buyer"] as const).flatMap((party) =>
      truth[party] === null ? [] : faulty(`/${party} at another place`, truth, (facts) => moveTo(facts[party], place)),
    ),
    faulty("/ship_to invented", truth, (facts) => {
      facts.ship_to = { name: "Hansekontor Import GmbH", ...place, country: "DE", tax_ids: [] };
    }),
    at("/references/vessel", "MS Nordwind"),
    at("/references/port_of_loading", "Yokohama"),
  ];
}

/** By every date of the page that stands elsewhere. */
function dateReplaced(truth: Facts, { dates }: PrintedDocument, field: "document_date" | "due_date"): Faulty[] {
  const own = truth[field];
  if (own === null) return [];
  // `03/05` is two dates in one place: reading the other one is another fault.
  const isElsewhere = (date: string) =>
    dates.get(date)?.some(({ cell }) => dates.get(own)?.every((place) => place.cell !== cell)) === true;
  return [...dates.keys()].filter(isElsewhere).map((date) =>
    faulty(`/${field}: ${own} read as ${date}`, truth, (facts) => {
      facts[field] = date;
    }),
  );
}

/** Whatever else is stated and looks like a number: of places, of parties, of other documents, of accounts, of items. */
function numberReplaced(truth: Facts): Faulty[] {
  const own = truth.document_number;
  const others = factValues(truth).flatMap(({ kind, path, value }) =>
    kind === "identifier" && !/^\/document_number$|\/position$|incoterm/.test(path) && value !== own ? value : [],
  );
  return [...new Set(others)].map((other) =>
    faulty(`/document_number: ${own} read as ${other}`, truth, (facts) => {
      facts.document_number = other;
    }),
  );
}

/** By the document's own number, by one another, and by the numbers of the parties. */
function referencesReplaced(truth: Facts): Faulty[] {
  const { references, vendor, buyer } = truth;
  const numbers: Readonly<Record<string, string | null | undefined>> = {
    "/references/purchase_order_numbers/0": references.purchase_order_numbers[0],
    "/references/contract_number": references.contract_number,
    "/references/delivery_note_number": references.delivery_note_number,
    "/references/shipment_number": references.shipment_number,
  };
  const parties = [vendor, buyer].flatMap((party) => [party?.postal_code, ...(party?.tax_ids ?? []).map(idOf)]);
  const others = new Set([truth.document_number, ...Object.values(numbers), ...parties].filter(isStated));
  return Object.entries(numbers).flatMap(([path, own]) =>
    isStated(own)
      ? [...others.difference(new Set([own]))].map((other) =>
          faulty(`${path}: ${own} read as ${other}`, truth, (facts) => setAt(facts, path, other)),
        )
      : [],
  );
}

/** Moved, and copied. */
function taxIdsGiven(truth: Facts): Faulty[] {
  return bothWays(truth).flatMap(({ from, to, giver }) =>
    [[], giver.tax_ids].flatMap((left) =>
      giver.tax_ids.length === 0
        ? []
        : faulty(`/${from}/tax_ids given to /${to}, ${left.length} left`, truth, (facts) => {
            Object.assign(facts[to] ?? {}, { tax_ids: giver.tax_ids });
            Object.assign(facts[from] ?? {}, { tax_ids: left });
          }),
    ),
  );
}

function addressGiven(truth: Facts): Faulty[] {
  return bothWays(truth).flatMap(({ from, to, giver: { street, postal_code, city }, taker }) =>
    street === null || street === taker.street
      ? []
      : faulty(`the address of /${from} given to /${to}`, truth, (facts) =>
          moveTo(facts[to], { street, postal_code, city }),
        ),
  );
}

function bothWays({ vendor, buyer }: Facts) {
  if (vendor === null || buyer === null) return [];
  return [
    { from: "vendor", to: "buyer", giver: vendor, taker: buyer },
    { from: "buyer", to: "vendor", giver: buyer, taker: vendor },
  ] as const;
}

function moveTo(party: Party, place: Pick<NonNullable<Party>, "street" | "postal_code" | "city">): void {
  Object.assign(party ?? {}, place);
}

function idOf({ value }: NonNullable<Party>["tax_ids"][number]): string {
  return value;
}

function isStated(value: string | null | undefined): value is string {
  return value !== null && value !== undefined;
}
