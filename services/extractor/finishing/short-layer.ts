import type { Facts } from "@flowstate/contracts";
import { plainPrint } from "../grounding/printed/printed-number.ts";
import { decodeTextLayer, type TextLayer } from "../pdf/text-layer.ts";

/**
 * What is looked through in the thread that serves everybody, so that nobody waits longer than a quarter of a second for it:
 * pages of about five ordinary invoices. Bytes of the text layer; its cells; characters (UTF-16 units) and runs of digits of
 * its texts in plain print, in which one character may become eighteen; lines that were read.
 */
const MAX_BYTES = 24 * 1024;
const MAX_CELLS = 800;
const MAX_CHARACTERS = 24 * 1024;
const MAX_NUMBERS = 800;
const MAX_LINES = 80;

/** The text layer in these bytes, if it and what was read from it are short enough to be looked through here. */
export function shortLayer({ lines }: Facts, page: Uint8Array): TextLayer | undefined {
  if (lines.length > MAX_LINES || page.byteLength > MAX_BYTES) return undefined;
  const layer = decodeTextLayer(page);
  let [cells, characters, numbers] = [0, 0, 0];
  for (const text of textsOf(layer)) {
    const plain = plainPrint(text);
    cells++;
    characters += plain.length;
    numbers += plain.match(/\d+/g)?.length ?? 0;
    if (cells > MAX_CELLS || characters > MAX_CHARACTERS || numbers > MAX_NUMBERS) return undefined;
  }
  return layer;
}

function* textsOf({ pages }: TextLayer): Generator<string> {
  for (const { rows } of pages) for (const { cells } of rows) for (const { text } of cells) yield text;
}
