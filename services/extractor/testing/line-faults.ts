import type { Facts, Line } from "@flowstate/contracts";
import { compareDecimals } from "../decimal-arithmetic.ts";
import { type Faulty, faulty } from "./faulty.ts";
import { lineWith } from "./sample-facts.ts";

/** Ways in which lines are read without what is booked of them, or with what belongs elsewhere. */
export const LINE_FAULT_KINDS = [
  "lines without numbers",
  "one bare line for all",
  "a line dropped, no numbers",
  "lines and sums without numbers",
  "a line without numbers",
  "a line without its amount",
  "a bare line invented",
  "a line's tax rate exchanged",
  "quantity and price exchanged",
  "one for the whole amount",
  "a line's text copied",
  "a price without its quantity invented",
  "a rate without its basis invented",
  "one, and no price",
  "a line's tax rate exchanged, no basis",
] as const;
export type LineFaultKind = (typeof LINE_FAULT_KINDS)[number];

export const LINE_FAULTS: Readonly<Record<LineFaultKind, (truth: Facts) => readonly Faulty[]>> = {
  "lines without numbers": (truth) => linesReplaced(truth, truth.lines.map(withoutNumbers)),
  "one bare line for all": (truth) => linesReplaced(truth, [lineWith({ description: "Goods" })]),
  "a line dropped, no numbers": (truth) =>
    truth.lines.length < 2 ? [] : linesReplaced(truth, truth.lines.slice(0, -1).map(withoutNumbers)),
  "lines and sums without numbers": sumsRemoved,
  "a line without numbers": (truth) => eachLine(truth, withoutNumbers),
  "a line without its amount": (truth) =>
    eachLine(truth, (line) => (line.amount === null ? line : { ...line, amount: null })),
  "a bare line invented": bareLinesInvented,
  "a line's tax rate exchanged": ratesExchanged,
  "quantity and price exchanged": factorsExchanged,
  "one for the whole amount": (truth) => eachLine(truth, asOne),
  "a line's text copied": textsCopied,
  "a price without its quantity invented": (truth) =>
    eachLine(truth, (line) => (line.unit_price === null ? line : { ...line, quantity: null, unit_price: "8761.35" })),
  "a rate without its basis invented": rateInvented,
  "one, and no price": (truth) =>
    eachLine(truth, (line) => (asOne(line) === line ? line : { ...line, quantity: "1", unit_price: null })),
  "a line's tax rate exchanged, no basis": (truth) =>
    ratesExchanged(truth).flatMap(({ what, facts }) =>
      truth.totals.tax_by_rate.map((_, index) =>
        faulty(`${what}, basis ${index} left out`, facts, ({ totals }) => {
          const entry = totals.tax_by_rate[index];
          if (entry !== undefined) entry.basis = null;
        }),
      ),
    ),
};

function withoutNumbers(line: Line): Line {
  const { position, seller_item_number, buyer_item_number, gtin, hs_code, description, unit } = line;
  return lineWith({ position, seller_item_number, buyer_item_number, gtin, hs_code, description, unit });
}

function linesReplaced(truth: Facts, lines: Facts["lines"]): Faulty[] {
  return truth.lines.length === 0 ? [] : [{ what: `${lines.length} lines`, facts: { ...truth, lines } }];
}

/** Each line by itself, where that changes it. */
function eachLine(truth: Facts, change: (line: Line) => Line): Faulty[] {
  return truth.lines.flatMap((line, index) => {
    const changed = change(line);
    return changed === line
      ? []
      : { what: `/lines/${index}`, facts: { ...truth, lines: truth.lines.with(index, changed) } };
  });
}

/** Only what is to be paid is left. */
function sumsRemoved(truth: Facts): Faulty[] {
  if (truth.totals.gross === null) return [];
  return linesReplaced(truth, truth.lines.map(withoutNumbers)).map(({ what, facts }) => ({
    what,
    facts: { ...facts, totals: { ...facts.totals, net: null, tax_basis: null, tax: null, tax_by_rate: [] } },
  }));
}

/** In every place; with a text of its own, and with that of its neighbour. */
function bareLinesInvented(truth: Facts): Faulty[] {
  return [...truth.lines, undefined].flatMap((line, index) => {
    const invented = [lineWith({ description: "Goods" }), line === undefined ? line : withoutNumbers(line)];
    return invented.flatMap((bare) =>
      bare === undefined
        ? []
        : faulty(`/lines/${index} ${bare.description === "Goods" ? "is new" : "is there twice"}`, truth, ({ lines }) =>
            lines.splice(index, 0, bare),
          ),
    );
  });
}

/** For each rate that the document taxes something at. */
function ratesExchanged(truth: Facts): Faulty[] {
  const rates = truth.totals.tax_by_rate.flatMap(({ rate }) => rate ?? []);
  return rates.flatMap((rate) =>
    eachLine(truth, (line) => {
      const isSame = line.tax_rate === null || compareDecimals(line.tax_rate, rate) === 0;
      return isSame || line.amount === null || Number(line.amount) === 0 ? line : { ...line, tax_rate: rate };
    }),
  );
}

/** On every line and total, and nothing is said that it could be calculated with. */
function rateInvented(truth: Facts): Faulty[] {
  if (truth.totals.tax_by_rate.length === 0) return [];
  return [
    faulty("every rate", truth, ({ lines, totals }) => {
      for (const entry of totals.tax_by_rate) Object.assign(entry, { rate: "33", basis: null });
      for (const line of lines) line.tax_rate = "33";
    }),
  ];
}

/** Of each line, and of all. */
function factorsExchanged(truth: Facts): Faulty[] {
  const exchanged = (line: Line) => {
    const { quantity, unit_price: price } = line;
    const isSame = quantity === null || price === null || compareDecimals(quantity, price) === 0;
    return isSame ? line : { ...line, quantity: price, unit_price: quantity };
  };
  const each = eachLine(truth, exchanged);
  return each.length < 2
    ? each
    : [...each, { what: "all lines", facts: { ...truth, lines: truth.lines.map(exchanged) } }];
}

/** One of something at the price of all of it. */
function asOne(line: Line): Line {
  const { quantity, unit_price, amount } = line;
  if (quantity === null || unit_price === null || amount === null || Math.abs(Number(quantity)) === 1) return line;
  return { ...line, quantity: "1", unit_price: amount, price_base_quantity: null, discount_amount: null };
}

/** From the neighbour on each side: the description, and everything that says what it is. */
function textsCopied(truth: Facts): Faulty[] {
  return truth.lines.flatMap((line, index) =>
    [truth.lines[index - 1], truth.lines[index + 1]].flatMap((other) => {
      if (other === undefined || other.description === line.description) return [];
      const { description, seller_item_number, buyer_item_number, gtin } = other;
      const copies = [{ description }, { description, seller_item_number, buyer_item_number, gtin }];
      return copies.map((copy) => ({
        what: `${Object.keys(copy).join()} of /lines/${index}`,
        facts: { ...truth, lines: truth.lines.with(index, { ...line, ...copy }) },
      }));
    }),
  );
}
