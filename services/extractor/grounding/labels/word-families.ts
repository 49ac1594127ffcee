/** Families of words, in the order in which they count: of words that begin alike the first does. */
export type WordFamilies<Family extends string> = ReadonlyArray<readonly [Family, readonly string[]]>;

/** What is short is a word of its own, not the beginning of others: `due`, but not Duesseldorf. */
const SHORT = /^[a-z]{1,4}$/;

export interface FoundWord<Family> {
  readonly family: Family;
  /** In the text, in UTF-16 units. */
  readonly index: number;
  readonly length: number;
}

/** Finds the words of these families, regular expressions over folded text that each begin a word, in reading order. */
export function wordFinder<Family extends string>(
  families: WordFamilies<Family>,
): (folded: string) => readonly FoundWord<Family>[] {
  const words = families.map(([, list]) =>
    list.map((word) => (SHORT.test(word) ? String.raw`${word}(?!\p{L})` : word)),
  );
  const pattern = new RegExp(words.map((list) => String.raw`(?<!\p{L})(${list.join("|")})`).join("|"), "gu");
  return (folded) =>
    [...folded.matchAll(pattern)].flatMap(({ index, 0: { length }, ...groups }) => {
      const family = families.find((_, at) => groups[at + 1] !== undefined)?.[0];
      return family === undefined ? [] : { family, index, length };
    });
}
