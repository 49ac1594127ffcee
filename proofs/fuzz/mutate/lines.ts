import type { Random } from "../../crash/plan/random.ts";
import type { Mutator } from "./mutator.ts";

/** Mutations of what consists of lines: header blocks, MIME messages, requests. */

const LINE_ENDS = ["\r\n", "\n", "\r", "\r\n\r\n", ""];
const MAX_FOLDS = 400;

/** Has `change` make other lines of the lines, each with its line end. */
function ofLines(change: (lines: Buffer[], at: number, random: Random) => void): Mutator {
  return (input, random) => {
    const lines = linesOf(input);
    if (lines.length === 0) return input;
    change(lines, random.whole(0, lines.length - 1), random);
    return Buffer.concat(lines);
  };
}

function linesOf(input: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  let from = 0;
  while (from < input.length) {
    const end = input.indexOf(0x0a, from);
    const next = end === -1 ? input.length : end + 1;
    lines.push(input.subarray(from, next));
    from = next;
  }
  return lines;
}

function withoutEnd(line: Buffer): string {
  return line.toString("latin1").replace(/\r?\n$/, "");
}

const dropLine = ofLines((lines, at) => void lines.splice(at, 1));
const doubleLine = ofLines((lines, at) => void lines.splice(at, 0, lines[at] ?? Buffer.alloc(0)));
const moveLine = ofLines((lines, at, random) => {
  lines.splice(random.whole(0, lines.length - 1), 0, ...lines.splice(at, 1));
});
const endOtherwise = ofLines((lines, at, random) => {
  lines[at] = Buffer.from(withoutEnd(lines[at] ?? Buffer.alloc(0)) + random.one(LINE_ENDS), "latin1");
});
const fold = ofLines((lines, at, random) => {
  const line = withoutEnd(lines[at] ?? Buffer.alloc(0));
  const cut = random.whole(0, line.length);
  const folds = "\r\n ".repeat(random.percent(90) ? 1 : random.whole(2, MAX_FOLDS));
  lines[at] = Buffer.from(`${line.slice(0, cut)}${folds}${line.slice(cut)}\r\n`, "latin1");
});
/** `name: value` with another line's value, or without one of the two. */
const exchangeValue = ofLines((lines, at, random) => {
  const other = withoutEnd(random.one(lines));
  const line = withoutEnd(lines[at] ?? Buffer.alloc(0));
  const [name = "", value = ""] = [line.split(":", 1)[0], other.slice(other.indexOf(":") + 1)];
  lines[at] = Buffer.from(
    random.one([`${name}:${value}\r\n`, `${name}:\r\n`, `:${value}\r\n`, `${name}\r\n`]),
    "latin1",
  );
});

export const LINE_MUTATORS: readonly Mutator[] = [dropLine, doubleLine, moveLine, endOtherwise, fold, exchangeValue];
