import type { Facts, Line } from "@flowstate/contracts";
import type { PrintedDocument } from "../grounding/printed/printed-document.ts";
import { magnitude } from "../grounding/printed/printed-number.ts";
import { type Faulty, faulty, setAt } from "./faulty.ts";

/** Ways in which a value of goods or of their transport is plausible and wrong: it is printed, and as something else. */
export const GOODS_FAULT_KINDS = [
  "a quantity or price of another line",
  "a quantity from another column",
  "packages from another column",
  "a gross weight read as net",
  "a net weight read as gross",
  "packages of the whole replaced",
  "ports exchanged",
  "a port replaced by another place",
  "vessel and voyage exchanged",
  "containers and seals exchanged",
  "buyer and ship-to exchanged",
] as const;
export type GoodsFaultKind = (typeof GOODS_FAULT_KINDS)[number];

/** Each makes the variants of itself that a truth, and the page that it is printed on, allow. */
export const GOODS_FAULTS: Readonly<
  Record<GoodsFaultKind, (truth: Facts, printed: PrintedDocument) => readonly Faulty[]>
> = {
  "a quantity or price of another line": factorsOfNeighbours,
  "a quantity from another column": (truth, printed) => numberOfRow(truth, printed, "quantity"),
  "packages from another column": (truth, printed) => numberOfRow(truth, printed, "packages"),
  "a gross weight read as net": (truth) => weightsTaken(truth, "net_weight", "gross_weight"),
  "a net weight read as gross": (truth) => weightsTaken(truth, "gross_weight", "net_weight"),
  "packages of the whole replaced": packagesReplaced,
  "ports exchanged": (truth) => exchanged(truth, "port_of_loading", "port_of_discharge"),
  "a port replaced by another place": portsReplaced,
  "vessel and voyage exchanged": (truth) => exchanged(truth, "vessel", "voyage"),
  "containers and seals exchanged": (truth) => exchanged(truth, "container_numbers", "seal_numbers"),
  "buyer and ship-to exchanged": recipientsExchanged,
};

/** Copied, and exchanged. Of lines with an amount the sums tell. */
function factorsOfNeighbours(truth: Facts): Faulty[] {
  return (["quantity", "unit_price"] as const).flatMap((field) =>
    truth.lines.slice(1).flatMap((second, index) => {
      const first = truth.lines[index];
      if (first === undefined || first[field] === second[field] || first[field] === null) return [];
      return [
        faulty(`${field} of /lines/${index} is the next one's`, truth, ({ lines }) =>
          Object.assign(lines[index] ?? {}, { [field]: second[field] }),
        ),
        faulty(`${field} of /lines/${index} exchanged with the next one's`, truth, ({ lines }) => {
          Object.assign(lines[index] ?? {}, { [field]: second[field] });
          Object.assign(lines[index + 1] ?? {}, { [field]: first[field] });
        }),
      ];
    }),
  );
}

/** By each other number of the row that has the line's own and its item or description; of all lines at once, the same way. */
function numberOfRow(truth: Facts, printed: PrintedDocument, field: "quantity" | "packages"): Faulty[] {
  const others = truth.lines.map((line) => othersInRow(line, printed, field));
  const single = others.flatMap((sizes, index) =>
    sizes.map((size) =>
      faulty(`${field} of /lines/${index} read as ${size}`, truth, ({ lines }) =>
        Object.assign(lines[index] ?? {}, { [field]: size }),
      ),
    ),
  );
  const common = Math.min(...others.map(({ length }) => length));
  const all = Array.from({ length: others.length > 1 && Number.isFinite(common) ? common : 0 }, (_, at) =>
    faulty(`${field} of all lines read from column ${at}`, truth, ({ lines }) => {
      for (const [index, line] of lines.entries()) Object.assign(line, { [field]: others[index]?.[at] });
    }),
  );
  return [...single, ...all];
}

function othersInRow(
  line: Line,
  { rows, numbers }: PrintedDocument,
  field: "quantity" | "packages",
): readonly string[] {
  const own = line[field];
  const text = line.seller_item_number ?? line.buyer_item_number ?? line.description;
  if (own === null || text === null || line.amount !== null) return [];
  const row = rows.findIndex(({ cells }) => cells.some((cell) => cell.text === text));
  const alone = numbers.filter((number) => {
    const cell = rows[row]?.cells.find(({ left }) => left === number.cellLeft);
    return number.row === row && number.start === 0 && !/^\S+\s+\S+\s/.test(cell?.text ?? "");
  });
  const sizes = alone.flatMap(({ readings }) => readings.slice(0, 1));
  return sizes.includes(magnitude(own)) ? sizes.filter((size) => size !== magnitude(own) && size !== "0") : [];
}

/** Of each line, of the whole, and of everything, with the other weight left as it is and left out. */
function weightsTaken(truth: Facts, to: "net_weight" | "gross_weight", from: "net_weight" | "gross_weight"): Faulty[] {
  const places = [
    ...truth.lines.map((line, index) => ({ path: `/lines/${index}`, holder: line })),
    { path: "/totals", holder: truth.totals },
  ].filter(({ holder }) => holder[from] !== null && holder[from]?.value !== holder[to]?.value);
  const taken = (what: string, paths: typeof places, isKept: boolean) =>
    faulty(`${to} of ${what} is ${from}, which is ${isKept ? "kept" : "left out"}`, truth, (facts) => {
      for (const { path, holder } of paths) {
        setAt(facts, `${path}/${to}`, structuredClone(holder[from]));
        if (!isKept) setAt(facts, `${path}/${from}`, null);
      }
    });
  return [true, false].flatMap((isKept) => [
    ...places.map((place) => taken(place.path, [place], isKept)),
    ...(places.length > 1 ? [taken("everything", places, isKept)] : []),
  ]);
}

/** By whole numbers that are stated of the whole, or that stand alone behind words. */
function packagesReplaced(truth: Facts, { numbers, rows }: PrintedDocument): Faulty[] {
  const { packages, net_weight, gross_weight } = truth.totals;
  if (packages === null) return [];
  const own = rows.findLast((_, row) =>
    numbers.some((number) => number.row === row && number.readings.includes(packages)),
  );
  const beside = numbers.filter(({ row, isPercentage }) => rows[row] === own && !isPercentage);
  const stated = [net_weight?.value, gross_weight?.value, ...beside.map(({ readings }) => readings[0])];
  const others = new Set(stated.flatMap((value) => (value === undefined ? [] : magnitude(value))));
  others.delete(magnitude(packages));
  return [...others].map((other) =>
    faulty(`/totals/packages read as ${other}`, truth, ({ totals }) => {
      totals.packages = other;
    }),
  );
}

function exchanged(truth: Facts, one: keyof Facts["references"], other: keyof Facts["references"]): Faulty[] {
  const { [one]: first, [other]: second } = truth.references;
  if (first === null || second === null || first.length === 0 || second.length === 0) return [];
  const change = (what: string, values: object) =>
    faulty(what, truth, ({ references }) => Object.assign(references, values));
  return [
    change(`${one} and ${other} exchanged`, { [one]: second, [other]: first }),
    change(`${one} is ${other}`, { [one]: second }),
    change(`${other} is ${one}`, { [other]: first }),
  ];
}

/** By the towns of those whom the page names. */
function portsReplaced(truth: Facts): Faulty[] {
  const { port_of_loading, port_of_discharge } = truth.references;
  const ports = [
    ["port_of_loading", port_of_loading],
    ["port_of_discharge", port_of_discharge],
  ] as const;
  const towns = [truth.vendor, truth.buyer, truth.ship_to].flatMap((party) => party?.city ?? []);
  return ports.flatMap(([field, own]) =>
    own === null
      ? []
      : [...new Set(towns)]
          .filter((town) => town !== port_of_loading && town !== port_of_discharge)
          .map((town) =>
            faulty(`${field} read as ${town}`, truth, ({ references }) => Object.assign(references, { [field]: town })),
          ),
  );
}

/** As a whole, and by their names or addresses only. */
function recipientsExchanged(truth: Facts): Faulty[] {
  const { buyer, ship_to } = truth;
  if (buyer === null || ship_to === null) return [];
  const place = ({ street, postal_code, city }: NonNullable<Facts["buyer"]>) => ({ street, postal_code, city });
  return [
    { what: "/buyer and /ship_to exchanged", facts: { ...truth, buyer: ship_to, ship_to: buyer } },
    {
      what: "the addresses of /buyer and /ship_to exchanged",
      facts: { ...truth, buyer: { ...buyer, ...place(ship_to) }, ship_to: { ...ship_to, ...place(buyer) } },
    },
    {
      what: "the names of /buyer and /ship_to exchanged",
      facts: { ...truth, buyer: { ...buyer, name: ship_to.name }, ship_to: { ...ship_to, name: buyer.name } },
    },
  ];
}
