import { DEFAULT_EXTRACTION_POLICY, extractionSchema, type Facts } from "@flowstate/contracts";
import { longestTurnOf, processorMsOf } from "@flowstate/local/testing/processor-time.ts";
import { describe, expect, it } from "vitest";
import { type FinishedExtraction, finishExtraction } from "../finish-extraction.ts";
import { printedDocument } from "../grounding/printed/printed-document.ts";
import { encodeTextLayer } from "../pdf/encode-text-layer.ts";
import { decodeTextLayer } from "../pdf/text-layer.ts";
import { factsWith, lineWith } from "../testing/sample-facts.ts";
import { DEFAULT_THREAD_LIMITS } from "../threads/watch-thread.ts";
import { type DocumentToFinish, finishDocument } from "./finish-document.ts";
import { shortLayer } from "./short-layer.ts";

// Real: everything, the thread included. The pages are rows written here.

/** More than are looked through in the thread that serves everybody. */
const LINES = 200;
/**
 * How much more a hostile page may cost than the longest ordinary one that is looked through in the thread that serves
 * everybody, in the same minute on the same machine. Up to thirty times was measured, and ninety to a hundred and thirty when
 * words that are everywhere are looked for in all their places.
 */
const MAX_TIMES_ORDINARY = 60;
/** What else the machine does only adds to a cost: one that is too high is measured again, so many times in all. */
const MEASUREMENTS = 3;
/** Of what a page costs at once, no turn of this thread may take more when it is finished elsewhere. Less than a tenth was measured. */
const MAX_PART_OF_ALL = 0.5;
/** Just below what is looked through in the thread that serves everybody. */
const SHORT = { lines: 80, numbers: 790, cells: 790 };
/** To load what a thread needs, on a busy machine. */
const LIMIT_MS = 120_000;
const NEVER = new AbortController().signal;

/** JSON of a text layer of pages that have 50 rows, cells parted by `|`. */
function pagesOf(rows: readonly string[]): Uint8Array {
  const cells = (row: string) =>
    row.split("|").map((text, at) => ({ text, left: at * 100, right: at * 100 + text.length * 5, height: 9 }));
  const pages = Array.from({ length: Math.ceil(rows.length / 50) }, (_, page) => ({
    rows: rows.slice(page * 50, page * 50 + 50).map((row, at) => ({ y: 40 + at * 14, cells: cells(row) })),
  }));
  return encodeTextLayer({ pages });
}

function invoice(lines: number): { readonly facts: Facts; readonly page: Uint8Array } {
  const rows = Array.from({ length: lines }, (_, at) => `${at + 1}|Crate of kind ${at}|2|10.00|20.00`);
  const facts = factsWith({
    document_number: "4711",
    currency: "EUR",
    lines: rows.map((_, at) =>
      lineWith({ description: `Crate of kind ${at}`, quantity: "2", unit_price: "10.00", amount: "20.00" }),
    ),
  });
  return { facts, page: pagesOf(["Invoice 4711|EUR", ...rows]) };
}

/** Everything is stated, of what stands in many places of a page that was made for it. */
function everywhere(lines: number): Facts {
  const { references } = factsWith({});
  const party = { name: "one", street: "one 1", postal_code: "1", city: "more", country: "DE", tax_ids: [] };
  const line = lineWith({
    seller_item_number: "A-1",
    buyer_item_number: "1-1",
    description: "one more of the same kind",
    quantity: "1",
    unit_price: "1.00",
    amount: "1.00",
  });
  return factsWith({
    document_number: "A-1",
    document_date: "2026-11-03",
    currency: "EUR",
    vendor: { ...party, tax_ids: [{ scheme: "vat", value: "A-1" }] },
    buyer: { ...party, name: "one more" },
    references: {
      ...references,
      purchase_order_numbers: Array.from({ length: 100 }, (_, at) => (at % 2 === 0 ? `1-${at}` : "a".repeat(301 + at))),
      container_numbers: Array.from({ length: 50 }, (_, at) => "a".repeat(at + 1)),
    },
    lines: Array.from({ length: lines }, () => line),
  });
}

/** The least that is measured, until it is below the limit. */
async function leastOf(limit: number, measure: () => Promise<number>): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let time = 0; time < MEASUREMENTS && least >= limit; time++) least = Math.min(least, await measure());
  return least;
}

function toFinish(page: Uint8Array, more: Partial<DocumentToFinish> = {}): DocumentToFinish {
  return { page, policy: DEFAULT_EXTRACTION_POLICY, today: "2026-11-23", ...more };
}

function read(finished: FinishedExtraction | "stopped") {
  if (finished === "stopped") throw new Error("it was stopped");
  return extractionSchema.parse(JSON.parse(new TextDecoder().decode(finished.json)));
}

describe("finishDocument", { timeout: LIMIT_MS }, () => {
  it("looks an ordinary document through, and one of many lines", async () => {
    for (const lines of [3, LINES]) {
      const { facts, page } = invoice(lines);
      const finished = await finishDocument(facts, toFinish(page), NEVER);
      const { grounding, validation } = read(finished);
      expect(grounding).toMatchObject({ text_layer: true, unmatched_amounts: 0 });
      expect(grounding.fields.filter(({ grounded }) => grounded === "absent")).toEqual([]);
      expect(finished).toMatchObject({ status: validation.status, issueCount: expect.any(Number) });
    }
  });

  it("finds a fault in a document of many lines", async () => {
    const { facts, page } = invoice(LINES);
    Object.assign(facts.lines[170] ?? {}, { amount: "20.01" });
    const { validation } = read(await finishDocument(facts, toFinish(page), NEVER));
    expect(validation.issues).toContainEqual({
      rule: "line_amount_not_on_page",
      severity: "warning",
      path: "/lines/170/amount",
    });
  });

  it("confirms nothing of a document that takes more than it may, and says so", async () => {
    const { facts, page } = invoice(LINES);
    const limits = { ...DEFAULT_THREAD_LIMITS, cpuMs: 1 };
    const { grounding, validation } = read(await finishDocument(facts, toFinish(page), NEVER, limits));
    expect(grounding).toMatchObject({ text_layer: false, score: null });
    expect(new Set(grounding.fields.map(({ grounded }) => grounded))).toEqual(new Set(["not_checkable"]));
    expect(validation.status).not.toBe("valid");
    expect(validation.issues).toContainEqual({ rule: "page_unreadable", severity: "warning", path: "" });
  });

  it("stops when its caller goes away", async () => {
    const { facts, page } = invoice(LINES);
    expect(await finishDocument(facts, toFinish(page), AbortSignal.abort())).toBe("stopped");
    const caller = new AbortController();
    const finishing = finishDocument(facts, toFinish(page), caller.signal);
    setImmediate(() => caller.abort());
    expect(await finishing).toBe("stopped");
  });

  it.each([
    ["of ones in one row", ["1 ".repeat(SHORT.numbers)]],
    ["of dates in one row", ["3 nov 2026 ".repeat(SHORT.numbers / 2)]],
    ["of amounts and items", Array.from({ length: SHORT.numbers / 7 }, () => "1,00 1,00 1 1 A-1 one more")],
    [
      "of words for dates",
      Array.from({ length: SHORT.cells / 5 }, () => "Invoice date|due date|3 nov 2026|order|1.11.26"),
    ],
    ["of one digit in each cell", Array.from({ length: SHORT.cells / 3 }, () => "1|1|1")],
    ["of letters that stand for eighteen", ["ﷺ ".repeat(1_250)]],
    ["of one letter in one row", ["a ".repeat(11_000)]],
    ["of one letter in many rows", Array.from({ length: 100 }, () => "aa ".repeat(70))],
  ] as const)("takes little for what is short enough to be looked through here, %s", async (_what, rows) => {
    const page = pagesOf(rows);
    const facts = everywhere(SHORT.lines);
    expect(shortLayer(facts, page)).toBeDefined();
    const ordinary = invoice(SHORT.lines);
    expect(shortLayer(ordinary.facts, ordinary.page)).toBeDefined();
    const timesOrdinary = await leastOf(MAX_TIMES_ORDINARY, async () => {
      const cost = await processorMsOf(() => finishDocument(facts, toFinish(page), NEVER));
      return cost / (await processorMsOf(() => finishDocument(ordinary.facts, toFinish(ordinary.page), NEVER)));
    });
    expect(timesOrdinary).toBeLessThan(MAX_TIMES_ORDINARY);
  });

  it.each([
    ["in other digits", "१ ".repeat(SHORT.numbers * 2)],
    ["in letters that stand for eighteen", "ﷺ ".repeat(2_500)],
    [
      "in cells",
      Array(SHORT.cells * 2)
        .fill("a")
        .join("|"),
    ],
  ])("counts what is short as it is printed: %s", (_what, row) => {
    expect(shortLayer(factsWith({}), pagesOf([row]))).toBeUndefined();
  });

  it("passes on what the page said of the document's own data", async () => {
    const { facts, page } = invoice(LINES);
    const { validation } = read(await finishDocument(facts, toFinish(page, { eInvoice: "contradicts_page" }), NEVER));
    expect(validation.issues.map(({ rule }) => rule)).toContain("e_invoice_contradicts_page");
  });

  it.each([
    ["of ones", (at: number) => `1,00|1|1|1,00|A-1 one more of ${at % 3}`, 1_000],
    ["of one endless row", () => "1 ".repeat(20_000), 2],
    ["of dates", (at: number) => `${1 + (at % 28)} nov 2026|1,00|A-${at}`, 1_000],
  ] as const)("does not keep others waiting for a page %s", async (_what, row, rows) => {
    const line = lineWith({ seller_item_number: "A-1", description: "one more of the same kind", amount: "1.00" });
    const facts = factsWith({ lines: Array.from({ length: 1_000 }, () => ({ ...line, quantity: "1" })) });
    const page = pagesOf(Array.from({ length: rows }, (_, at) => row(at)));
    expect(shortLayer(facts, page)).toBeUndefined();
    const printed = printedDocument(decodeTextLayer(page));
    const all = await processorMsOf(() => finishExtraction(facts, { ...toFinish(page), page: printed }));
    let finished: unknown;
    const partOfAll = await leastOf(MAX_PART_OF_ALL, async () => {
      const finish = async () => {
        finished = await finishDocument(facts, toFinish(page), NEVER);
      };
      return (await longestTurnOf(finish)) / all;
    });
    expect(partOfAll).toBeLessThan(MAX_PART_OF_ALL);
    expect(finished).toMatchObject({ status: "invalid" });
  });
});
