/**
 * Closed lists of what may leave a process beside its answers: log fields, span attributes, metric labels. A list says of
 * each name what its value may be when it is a text. It holds at run time, whatever the types said: a name that is not on
 * the list is left out, another text is withheld. So no error text of a third party and no extracted value can leave, not
 * even by mistake.
 */
export type ClosedList<Name extends string> = Readonly<Record<Name, Words | readonly [Words]>>;

/**
 * The texts that may be said: all there are. How they look only where there is no end of them, or an operator chooses them:
 * ids, names of tenants and models. Numbers and booleans are taken as they are.
 */
export type Words = Pick<ReadonlySet<string>, "has"> | RegExp;

export const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** Names that an operator chose, and models. */
export const SLUG = /^[a-z0-9](?:[a-z0-9.-]{0,61}[a-z0-9])?$/;
/** Where a name has numbers and booleans only. */
export const NO_TEXT: ReadonlySet<string> = new Set();

const WITHHELD = "[withheld]";

/** The text, or in its place that one is withheld. */
export function saidOf(text: string, words: Words): string {
  const mayBeSaid = words instanceof RegExp ? words.test(text) : words.has(text);
  return mayBeSaid ? text : WITHHELD;
}

/** Of what is given, what the list allows. */
export function listed(
  list: ClosedList<string>,
  given: object = {},
): Record<string, string | number | boolean | string[]> {
  const values = new Map<string, unknown>(Object.entries(given));
  const out: ReturnType<typeof listed> = {};
  for (const [name, words] of Object.entries(list)) {
    const value = values.get(name);
    if (typeof value === "number" || typeof value === "boolean") out[name] = value;
    else if (typeof value === "string" && !isOfEach(words)) out[name] = saidOf(value, words);
    else if (Array.isArray(value) && isOfEach(words)) out[name] = value.map((item) => saidOf(String(item), words[0]));
  }
  return out;
}

function isOfEach(words: Words | readonly [Words]): words is readonly [Words] {
  return Array.isArray(words);
}
