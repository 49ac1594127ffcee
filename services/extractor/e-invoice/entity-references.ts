/** What stands between these is text that refers to nothing. */
const CLOSINGS: ReadonlyMap<string, string> = new Map([
  ["<!--", "-->"],
  ["<![CDATA[", "]]>"],
  ["<?", "?>"],
]);
const OPENING_OR_REFERENCE = /&|<!--|<!\[CDATA\[|<\?/g;
/** The five entities that XML itself defines, and characters by their number. */
const DEFINED = /&(?:amp|lt|gt|quot|apos|#\d+|#x[\da-fA-F]+);/y;

/**
 * Whether a document without DOCTYPE refers to nothing that it does not define (XML 1.0, 4.1, "Entity Declared"). `&nbsp;`
 * is HTML's: whoever expands it, or leaves it as it is, reads something else into an invoice than the next program.
 */
export function refersToDefined(xml: string): boolean {
  OPENING_OR_REFERENCE.lastIndex = 0;
  for (let found = OPENING_OR_REFERENCE.exec(xml); found !== null; found = OPENING_OR_REFERENCE.exec(xml)) {
    const closing = CLOSINGS.get(found[0]);
    if (closing === undefined) {
      DEFINED.lastIndex = found.index;
      if (!DEFINED.test(xml)) return false;
      continue;
    }
    const end = xml.indexOf(closing, OPENING_OR_REFERENCE.lastIndex);
    if (end === -1) return false;
    OPENING_OR_REFERENCE.lastIndex = end + closing.length;
  }
  return true;
}
