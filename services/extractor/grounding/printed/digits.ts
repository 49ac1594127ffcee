/** The zero of each set of ten digits that stands for numbers somewhere; those of full width are others before (NFKC). */
const ZEROS = [..."٠۰߀०০੦૦୦௦౦೦൦෦๐໐༠၀០᠐"].map((zero) => zero.codePointAt(0) ?? 0);
const OTHER_DIGIT = /(?![0-9])\p{Nd}/gu;

/** With the digits 0 to 9 for those of Arabic, Persian, Devanagari and other scripts, and their marks for fractions and percentages. */
export function withPlainDigits(text: string): string {
  return text.replace(OTHER_DIGIT, plainDigit).replaceAll("٫", ".").replaceAll("٬", ",").replaceAll("٪", "%");
}

function plainDigit(digit: string): string {
  const code = digit.codePointAt(0) ?? 0;
  const zero = ZEROS.find((each) => code >= each && code < each + 10);
  return zero === undefined ? digit : String(code - zero);
}
