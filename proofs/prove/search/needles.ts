import { CANARY_HEAD_BYTES, pathOf } from "../canaries/canary.ts";

/** The ways in which a canary may be written that a search looks for. */
export const FORMS = ["raw", "base64", "hex", "utf-16", "percent-encoded"] as const;
export type Form = (typeof FORMS)[number];

/** Bytes that show a canary of this run in one of its forms. */
export interface Needle {
  readonly form: Form;
  readonly bytes: Buffer;
  /** The path of the canary found at `at`; undefined when it breaks off before it says so. */
  pathAt(haystack: Buffer, at: number): number | undefined;
}

/** Three bytes become four characters, so the same bytes are written in three ways, by where they begin. */
const BASE64_PHASES = [0, 1, 2] as const;
const BITS_OF_BASE64 = 6;

/** Every needle of a run: what the canaries have in common, in each form. */
export function needlesOf(mark: string): readonly Needle[] {
  return [
    needle("raw", mark, 1, (written) => written),
    ...BASE64_PHASES.map((phase) => base64Needle(mark, phase)),
    needle("hex", hexOf(mark), 2, decodedHex),
    needle("hex", hexOf(mark).toUpperCase(), 2, decodedHex),
    // The zero beside the first or the last character is left out: so it is found whichever of the two bytes comes first.
    needle("utf-16", [...mark].join("\0"), 2, (written) => written.replaceAll("\0", "")),
    needle("percent-encoded", percentOf(mark), 3, decodedPercents),
    needle("percent-encoded", percentOf(mark).toLowerCase(), 3, decodedPercents),
  ];
}

/** `decode` is asked for millions of canaries while a large document is under way. */
function needle(form: Form, text: string, bytesEach: number, decode: (written: string) => string): Needle {
  return {
    form,
    bytes: Buffer.from(text, "latin1"),
    pathAt: (haystack, at) => pathOf(decode(haystack.toString("latin1", at, at + CANARY_HEAD_BYTES * bytesEach))),
  };
}

/** The characters that depend on the mark alone when it begins `phase` bytes behind a multiple of three. */
function base64Needle(mark: string, phase: (typeof BASE64_PHASES)[number]): Needle {
  const before = Math.ceil((phase * 8) / BITS_OF_BASE64);
  const end = Math.floor(((phase + mark.length) * 8) / BITS_OF_BASE64);
  const text = Buffer.from("\0".repeat(phase) + mark, "latin1").toString("base64");
  const wholeLength = Math.ceil((phase + CANARY_HEAD_BYTES) / 3) * 4;
  return {
    form: "base64",
    bytes: Buffer.from(text.slice(before, end), "latin1"),
    pathAt: (haystack, at) => {
      const start = at - before;
      if (start < 0) return undefined;
      const decoded = Buffer.from(haystack.toString("latin1", start, start + wholeLength), "base64");
      return pathOf(decoded.subarray(phase).toString("latin1"));
    },
  };
}

function hexOf(mark: string): string {
  return Buffer.from(mark, "latin1").toString("hex");
}

function percentOf(mark: string): string {
  return hexOf(mark).toUpperCase().replaceAll(/../g, "%$&");
}

function decodedHex(written: string): string {
  return Buffer.from(written, "hex").toString("latin1");
}

function decodedPercents(written: string): string {
  return decodedHex(written.replaceAll("%", ""));
}
