import { deflateSync, inflateSync } from "node:zlib";
import type { Random } from "../../crash/plan/random.ts";
import { BYTE_MUTATORS } from "./bytes.ts";
import type { Mutator } from "./mutator.ts";

/** Mutations of PDFs: objects, references, numbers, names, and what lies compressed in streams. */

const OBJECT = /\d+ \d+ obj[\s\S]*?endobj/g;
const NUMBERS = ["0", "-1", "1", "4294967296", "99999999999999", "0.0000001", "3 0 R", "1 0 R", "null"];
const NAMES = [
  "/FlateDecode",
  "/LZWDecode",
  "/ASCIIHexDecode",
  "/ASCII85Decode",
  "/RunLengthDecode",
  "/DCTDecode",
  "/JBIG2Decode",
  "/JPXDecode",
  "/Crypt",
  "/Pages",
  "/Page",
  "/Catalog",
  "/ObjStm",
  "/XRef",
  "/EmbeddedFiles",
  "/Type3",
  "/Encrypt",
  "/JavaScript",
];

function ofMatches(
  pattern: RegExp,
  change: (match: string, random: Random, all: readonly string[]) => string,
): Mutator {
  return (input, random) => {
    const text = input.toString("latin1");
    const matches = [...text.matchAll(pattern)];
    if (matches.length === 0) return input;
    const chosen = random.one(matches);
    const all = matches.map(([match]) => match);
    const changed = change(chosen[0], random, all);
    return Buffer.from(text.slice(0, chosen.index) + changed + text.slice(chosen.index + chosen[0].length), "latin1");
  };
}

const dropObject = ofMatches(OBJECT, () => "");
const doubleObject = ofMatches(OBJECT, (object) => `${object}\n${object}`);
/** The content of one object under the number of another. */
const exchangeObject = ofMatches(OBJECT, (object, random, all) => {
  const head = /^\d+ \d+ obj/.exec(object)?.[0] ?? "";
  return head + random.one(all).replace(/^\d+ \d+ obj/, "");
});
const otherReference = ofMatches(/\d+ 0 R/g, (_reference, random, all) =>
  random.percent(70) ? random.one(all) : `${random.whole(0, 40)} 0 R`,
);
const otherNumber = ofMatches(/(?<=[\s[])-?\d+(?:\.\d+)?(?=[\s\]/>])/g, (_number, random) => random.one(NUMBERS));
const otherName = ofMatches(/\/[A-Z][A-Za-z0-9]+/g, (_name, random, all) =>
  random.percent(50) ? random.one(all) : random.one(NAMES),
);
const nestedArray = ofMatches(/\[[^[\]]*\]/g, (array, random) => {
  const depth = random.whole(2, 3_000);
  return "[".repeat(depth) + array + "]".repeat(depth);
});
const otherTrailer = ofMatches(/startxref\s+\d+|\/Prev \d+|\/Size \d+/g, (entry, random) =>
  entry.replace(/\d+/, random.one([...NUMBERS.slice(0, 5), "9", "15"])),
);

/** What is compressed is mutated where it is read, not where its checksum fails. */
const insideStream: Mutator = (input, random) => {
  const text = input.toString("latin1");
  const streams = [...text.matchAll(/stream\r?\n([\s\S]*?)\r?\nendstream/g)];
  if (streams.length === 0) return input;
  const { index, 0: whole, 1: content = "" } = random.one(streams);
  const changed = recompressed(Buffer.from(content, "latin1"), random).toString("latin1");
  const head = text.slice(0, index).replace(/\/Length \d+(?=[\s\S]{0,200}$)/, `/Length ${changed.length}`);
  return Buffer.from(`${head}stream\n${changed}\nendstream${text.slice(index + whole.length)}`, "latin1");
};

function recompressed(content: Buffer, random: Random): Buffer {
  const mutate = random.one(BYTE_MUTATORS);
  try {
    return deflateSync(mutate(inflateSync(content), random));
  } catch {
    return mutate(content, random);
  }
}

export const PDF_MUTATORS: readonly Mutator[] = [
  dropObject,
  doubleObject,
  exchangeObject,
  otherReference,
  otherReference,
  otherNumber,
  otherNumber,
  otherName,
  nestedArray,
  otherTrailer,
  insideStream,
  insideStream,
];
