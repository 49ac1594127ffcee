/**
 * Raised figures behind a number, a mark or a word: they refer to a note, and would become digits of the number (`12,50¹`).
 * Behind one or two letters they belong to a unit: m², km³.
 */
const RAISED = /(?<=[\d.,%)\p{Sc}] ?|\p{L}{3})[\u2070\u00b9\u00b2\u00b3\u2074-\u2079]+\u207e?/gu;

/** A text without the signs of its footnotes. */
export function withoutFootnotes(text: string): string {
  return text.replace(RAISED, "");
}
