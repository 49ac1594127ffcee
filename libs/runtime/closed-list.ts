/**
 * Closed lists of what may leave a process beside its answers: log fields, span attributes, metric labels. A list says of
 * each name how its value looks when it is a text. It holds at run time, whatever the types said: a name that is not on
 * the list is left out, a text of another shape is withheld. So no error text of a third party and no extracted value can
 * leave, not even by mistake.
 */
export type ClosedList<Name extends string> = Readonly<Record<Name, Shape>>;
/** Of one text, or in brackets of each text of an array. */
type Shape = RegExp | readonly [RegExp];

/** What is made of words in code: lower case, no spaces, no quotes, no at sign. */
export const WORDS = /^[a-z0-9._:/[\]*-]{1,128}$/;
export const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** Names that an operator chose, and models. */
export const SLUG = /^[a-z0-9](?:[a-z0-9.-]{0,61}[a-z0-9])?$/;
export const HTTP_METHOD = /^[A-Z]{1,16}$/;
/** As the model's API spells them, and as we do. */
export const FINISH_REASON = /^(?:[A-Z_]{1,64}|[a-z_]{1,64})$/;
/** Numbers and booleans are taken as they are, where a field has them. */
export const NO_TEXT = /^(?!)/;

/** One of these, and nothing else. They are words of code: lower case, without what a pattern would read otherwise. */
export function oneOf(values: readonly string[]): RegExp {
  return new RegExp(`^(?:${values.map((value) => RegExp.escape(value)).join("|")})$`);
}

const WITHHELD = "[withheld]";

export function shaped(text: string, shape: RegExp): string {
  return shape.test(text) ? text : WITHHELD;
}

/** Of what is given, what the list allows. */
export function listed(
  list: ClosedList<string>,
  given: object = {},
): Record<string, string | number | boolean | string[]> {
  const values = new Map<string, unknown>(Object.entries(given));
  const out: ReturnType<typeof listed> = {};
  for (const [name, shape] of Object.entries(list)) {
    const value = values.get(name);
    if (typeof value === "number" || typeof value === "boolean") out[name] = value;
    else if (typeof value === "string" && shape instanceof RegExp) out[name] = shaped(value, shape);
    else if (Array.isArray(value) && !(shape instanceof RegExp))
      out[name] = value.map((item) => shaped(String(item), shape[0]));
  }
  return out;
}
