import { inflateSync } from "node:zlib";
import { endOfSpace, isSpace, readDigits, readDigitsBefore } from "./byte-tokens.ts";
import { type PdfValue, readValue } from "./read-value.ts";

/** Most bytes that one stream unfolds to: of the data, no more is read than that; object streams are smaller. */
const MAX_UNFOLDED_BYTES = 16 * 1024 * 1024 + 1;
/** Object streams that are unfolded; one holds a hundred objects or more. */
const MAX_OBJECT_STREAMS = 500;
/** Digits of an object's number and of its generation, and what is between them. */
const MAX_HEADER_BYTES = 32;
const END_OF_STREAM = Buffer.from("endstream");

/** Bytes between the end of a stream and the word that says so. */
const MAX_LINE_END = 2;

/** Where the value of an object begins. */
interface Place {
  readonly bytes: Buffer;
  readonly start: number;
  /** Where in the file that is: what is added later counts. */
  readonly inFile: number;
}

/** The dictionary of a stream, and the bytes in it, unfolded. */
export interface PdfStream {
  readonly dictionary: ReadonlyMap<string, PdfValue>;
  readonly bytes: Buffer;
}

/**
 * The objects of a PDF, found by looking for where they are written rather than by its cross-reference table: of several
 * of one number the last counts, as it does for a table that was added with it.
 */
export class PdfObjects {
  readonly #places = new Map<number, Place>();
  readonly #pdf: Buffer;

  constructor(pdf: Buffer) {
    this.#pdf = pdf;
    for (let at = pdf.indexOf(" obj"); at !== -1; at = pdf.indexOf(" obj", at + 4)) {
      const number = objectBefore(pdf, at);
      if (number !== undefined) this.#place(number, { bytes: pdf, start: at + 4, inFile: at });
    }
    this.#unfoldObjectStreams();
  }

  /** The catalog's entries; undefined when there is none. */
  catalog(): ReadonlyMap<string, PdfValue> | undefined {
    const root = this.#pdf.lastIndexOf("/Root");
    return root === -1 ? undefined : this.dictionary(readValue(this.#pdf, root + "/Root".length)?.value);
  }

  /** What a value is, or refers to. A reference to a reference leads nowhere. */
  resolve(value: PdfValue | undefined): PdfValue | undefined {
    if (value?.kind !== "reference") return value;
    const place = this.#places.get(value.object);
    return place === undefined ? undefined : readValue(place.bytes, place.start)?.value;
  }

  dictionary(value: PdfValue | undefined): ReadonlyMap<string, PdfValue> | undefined {
    const resolved = this.resolve(value);
    return resolved?.kind === "dictionary" ? resolved.entries : undefined;
  }

  /** Undefined for what is no stream, or is folded in another way than Flate. */
  stream(value: PdfValue | undefined): PdfStream | undefined {
    const place = value?.kind === "reference" ? this.#places.get(value.object) : undefined;
    return place === undefined ? undefined : this.#streamAt(place);
  }

  #streamAt({ bytes, start }: Place): PdfStream | undefined {
    const read = readValue(bytes, start);
    if (read?.value.kind !== "dictionary") return undefined;
    const { entries: dictionary } = read.value;
    const content = contentAfter(bytes, read.end, this.resolve(dictionary.get("Length")));
    const unfolded =
      content === undefined ? undefined : unfold(content, this.resolve(dictionary.get("Filter")), dictionary);
    return unfolded === undefined ? undefined : { dictionary, bytes: unfolded };
  }

  #place(number: number, place: Place): void {
    if (place.inFile >= (this.#places.get(number)?.inFile ?? 0)) this.#places.set(number, place);
  }

  #unfoldObjectStreams(): void {
    let left = MAX_OBJECT_STREAMS;
    for (const place of [...this.#places.values()]) {
      const read = readValue(place.bytes, place.start)?.value;
      if (read?.kind !== "dictionary" || nameOf(read.entries.get("Type")) !== "ObjStm") continue;
      if (left-- === 0) return;
      const stream = this.#streamAt(place);
      if (stream !== undefined) this.#placeAll(stream, place.inFile);
    }
  }

  /** An object stream begins with pairs of numbers: of an object, and where it begins after the pairs. */
  #placeAll({ dictionary, bytes }: PdfStream, inFile: number): void {
    const first = numberOf(dictionary.get("First"));
    for (let at = 0; ; ) {
      const object = readDigits(bytes, endOfSpace(bytes, at));
      const offset = object === undefined ? undefined : readDigits(bytes, endOfSpace(bytes, object.end));
      if (object === undefined || offset === undefined || offset.end > first) return;
      this.#place(object.number, { bytes, start: first + offset.number, inFile });
      at = offset.end;
    }
  }
}

/** An object's number, which stands before its generation. */
function objectBefore(pdf: Buffer, end: number): number | undefined {
  const generation = readDigitsBefore(pdf, end);
  if (generation === undefined || !isSpace(pdf[generation.start - 1])) return undefined;
  let before = generation.start;
  while (end - before <= MAX_HEADER_BYTES && isSpace(pdf[before - 1])) before--;
  return readDigitsBefore(pdf, before)?.number;
}

function contentAfter(bytes: Buffer, end: number, length: PdfValue | undefined): Buffer | undefined {
  const keyword = bytes.indexOf("stream", end);
  if (keyword === -1 || keyword - end > MAX_HEADER_BYTES) return undefined;
  const afterKeyword = keyword + "stream".length;
  const start = afterKeyword + (bytes[afterKeyword] === 0x0d ? 2 : 1);
  const stated = start + numberOf(length);
  const after = endOfSpace(bytes, stated);
  if (after - stated <= MAX_LINE_END && bytes.subarray(after, after + END_OF_STREAM.length).equals(END_OF_STREAM)) {
    return bytes.subarray(start, stated);
  }
  const found = bytes.indexOf(END_OF_STREAM, start);
  return found === -1 ? undefined : bytes.subarray(start, found);
}

function unfold(
  content: Buffer,
  filter: PdfValue | undefined,
  dictionary: ReadonlyMap<string, PdfValue>,
): Buffer | undefined {
  if (filter === undefined) return content;
  const filters = filter.kind === "array" ? filter.items : [filter];
  if (filters.length !== 1 || nameOf(filters[0]) !== "FlateDecode" || dictionary.has("DecodeParms")) return undefined;
  try {
    return inflateSync(content, { maxOutputLength: MAX_UNFOLDED_BYTES });
  } catch {
    return undefined;
  }
}

function nameOf(value: PdfValue | undefined): string | undefined {
  return value?.kind === "name" ? value.name : undefined;
}

function numberOf(value: PdfValue | undefined): number {
  return value?.kind === "number" && Number.isInteger(value.number) && value.number >= 0 ? value.number : 0;
}
