import type { GroundedField, Line } from "@flowstate/contracts";
import type { TextCell, TextRow } from "../../pdf/text-layer.ts";
import type { FactValue } from "../fact-values.ts";
import { lettersAndDigits } from "../printed/letters-and-digits.ts";
import { type PrintedDocument, passagesOf } from "../printed/printed-document.ts";
import { isPrintedInPieces, PrintedText } from "../printed/printed-text.ts";
import type { Block } from "./line-blocks.ts";
import { isSetAsCode } from "./line-codes.ts";

/** How many lines to each side, and how many of those that miss a text, are asked whether they have it. */
const MAX_DISTANCE = 16;
const MAX_MISSING = 64;
/** A text of fewer letters and digits is printed by chance. */
const MIN_LENGTH = 3;
/** Left edges of one column of texts lie at most this far apart, in points. */
const SAME_EDGE = 2;
/** What is read from a line. Its position is counted more often than read. */
const TEXTS = ["seller_item_number", "buyer_item_number", "gtin", "hs_code", "description", "batch"] as const;
type TextField = (typeof TEXTS)[number];
/** What tells one line from another: a batch or a code of the customs tariff is printed once for several. */
const OF_ONE_LINE: ReadonlySet<TextField> = new Set(["seller_item_number", "buyer_item_number", "gtin", "description"]);

/**
 * Which texts of the lines are printed where the line is: between the numbers of the line before it and those of the line
 * after it, because a table prints texts beside its numbers, above or below them.
 */
export class LineTexts {
  readonly #lines: readonly Line[];
  readonly #printed: PrintedDocument;
  readonly #regions: readonly (Block | undefined)[];
  readonly #texts = new Map<number, PrintedText>();
  readonly #rows: readonly TextRow[];
  /** For each kind of text the lines that are without theirs, though it is printed. */
  readonly #missing = new Map<TextField, Set<number>>();

  /** `regions` are those of `lineRegions`. */
  constructor(lines: readonly Line[], regions: readonly (Block | undefined)[], printed: PrintedDocument) {
    this.#lines = lines;
    this.#printed = printed;
    this.#regions = regions;
    this.#rows = printed.pages.flatMap(({ rows }) => rows);
  }

  /**
   * `page` where the line has it, `absent` where no page has it. Elsewhere it may be said of several lines at once, which
   * cannot be told: `not_checkable`.
   */
  stateOf({ path, value, line = 0 }: FactValue): GroundedField["grounded"] {
    const own = this.#textOf(line);
    if (own !== undefined && isPrintedInPieces(value, own)) return "page";
    const field = TEXTS.find((name) => path.endsWith(`/${name}`));
    const isPrinted = isPrintedInPieces(value, this.#printed.text);
    if (!isPrinted && !isSetAsCode(this.#lines[line], field ?? "", this.#printed)) return "absent";
    if (own === undefined) return this.#lines.length === 1 ? "page" : "not_checkable";
    if (field !== undefined && lettersAndDigits(value).length >= MIN_LENGTH) {
      this.#missing.set(field, (this.#missing.get(field) ?? new Set()).add(line));
    }
    return "not_checkable";
  }

  /**
   * Pointers to texts that stand with another line: they changed places, because that line's was read from here or is
   * missing, too, or were read once more, because this line has another in the same column. Asked once the states of all are
   * known.
   */
  misplaced(): ReadonlySet<string> {
    return new Set(
      [...this.#missing].flatMap(([field, missing]) =>
        [...missing]
          .filter((line, index, all) => {
            const from = Math.max(0, line - MAX_DISTANCE);
            const near = this.#lines.slice(from, line + MAX_DISTANCE + 1).map((_, at) => from + at);
            const others = all.slice(Math.max(0, index - MAX_MISSING), index + MAX_MISSING + 1);
            return [...near, ...others].some(
              (other) => this.#changedPlaces(line, other, field, missing) || this.#isReadAgain(line, other, field),
            );
          })
          .map((line) => `/lines/${line}/${field}`),
      ),
    );
  }

  #changedPlaces(line: number, other: number, field: TextField, missing: ReadonlySet<number>): boolean {
    const [value, others] = [this.#lines[line]?.[field], this.#lines[other]?.[field]];
    const [here, there] = [this.#textOf(line), this.#textOf(other)];
    if (typeof value !== "string" || typeof others !== "string" || value === others) return false;
    if (there === undefined || here === undefined || !isPrintedInPieces(value, there)) return false;
    return missing.has(other) || isPrintedInPieces(others, here);
  }

  /** A heading over several lines is the text of each of them, unless they have others in its column. */
  #isReadAgain(line: number, other: number, field: TextField): boolean {
    const [value, here, there] = [this.#lines[line]?.[field], this.#regions[line], this.#textOf(other)];
    if (line === other || !OF_ONE_LINE.has(field) || typeof value !== "string") return false;
    if (value !== this.#lines[other]?.[field]) return false;
    if (here === undefined || there === undefined || !isPrintedInPieces(value, there)) return false;
    const edges = this.#cellsOf(this.#regions[other])
      .filter(({ text }) => beginsIn(text, value))
      .map(({ left }) => left);
    return this.#cellsOf(here).some(
      ({ text, left }) => edges.some((edge) => Math.abs(left - edge) <= SAME_EDGE) && this.#isUnread(line, text),
    );
  }

  /** Whether a text of a line's rows is part of nothing that was read from the line. */
  #isUnread(line: number, text: string): boolean {
    const bare = lettersAndDigits(text);
    const read = TEXTS.map((field) => lettersAndDigits(this.#lines[line]?.[field] ?? ""));
    return bare.length >= MIN_LENGTH && !read.some((value) => value.includes(bare));
  }

  #cellsOf(region: Block | undefined): readonly TextCell[] {
    if (region === undefined) return [];
    return this.#rows.slice(region.from, region.to + 1).flatMap(({ cells }) => cells);
  }

  /** What is printed where the line is; undefined where that is not known. */
  #textOf(line: number): PrintedText | undefined {
    const region = this.#regions[line];
    if (region === undefined) return undefined;
    const known = this.#texts.get(line);
    if (known !== undefined) return known;
    const text = new PrintedText(passagesOf({ rows: this.#rows.slice(region.from, region.to + 1) }));
    this.#texts.set(line, text);
    return text;
  }
}

/** Whether a text that may run over several rows begins in a cell. */
function beginsIn(cell: string, value: string): boolean {
  const [inCell, whole] = [lettersAndDigits(cell), lettersAndDigits(value)];
  const [beginning = ""] = value.split(/, |\n/);
  return inCell.includes(lettersAndDigits(beginning)) || (inCell.length >= MIN_LENGTH && whole.startsWith(inCell));
}
