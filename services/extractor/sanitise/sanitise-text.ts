/**
 * Characters that show nothing and act on what is shown: control characters, what turns the direction of writing (Unicode
 * TR 36, "Bidirectional Text Spoofing"), zero-width and tag characters that hide text from people and not from machines,
 * annotations, halves of surrogate pairs.
 */
const INVISIBLE = /[\p{Cc}\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\p{Cs}\ufff9-\ufffb]/gu;
/** Breaks of lines and of columns: between two words they are a space. */
const BREAK = /\r\n|[\t\n\v\f\r\u0085\u2028\u2029]/g;

/**
 * The text that a person sees, without spaces around it; null when there is none. A line feed stays where `lineFeeds` says
 * that the field may have several lines.
 */
export function sanitiseText(text: string, lineFeeds: boolean): string | null {
  const broken = text.replaceAll(BREAK, (found) => (lineFeeds && found !== "\t" ? "\n" : " "));
  const clean = broken
    .split("\n")
    .map((line) => line.replaceAll(INVISIBLE, "").trim())
    .join("\n")
    .trim();
  return clean === "" ? null : clean;
}

/** What spreadsheets take for the beginning of a formula (OWASP, "CSV Injection"), full-width forms included. */
const FORMULA = /^[=+\-@＝＋－＠]/u;
/** A number is no formula, whatever its sign. */
const NUMBER = /^[+-]?\d[\d.,\s]*$/;

/** Whether a spreadsheet would run this text when it is pasted or imported. */
export function looksLikeFormula(text: string): boolean {
  return FORMULA.test(text) && !NUMBER.test(text);
}
