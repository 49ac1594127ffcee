import fc from "fast-check";
import {
  isList,
  isListOfObjects,
  isNumeric,
  isSingleValue,
  itemsOf,
  namesIn,
  type SourcePlaces,
  stepInto,
} from "../source-places.ts";

/** A mapping as a tenant writes it. */
export interface WrittenMapping {
  readonly fields: WrittenFields;
  readonly envelope?: boolean;
  readonly nulls?: "keep" | "omit";
}

export type WrittenFields = Readonly<Record<string, WrittenField>>;

export type WrittenField =
  | string
  | { readonly from: string; readonly as?: "number" }
  | { readonly constant: string | number | boolean }
  | { readonly template: string }
  | { readonly each: string; readonly fields: WrittenFields };

/** Any mapping that a payload with these places permits. */
export function mappingsOf(payload: SourcePlaces): fc.Arbitrary<WrittenMapping> {
  const envelope = pointersIn(stepInto(payload, "data"), "/data");
  const extractionPlaces = stepInto(stepInto(payload, "data"), "extraction");
  const extraction = pointersIn(extractionPlaces, "");
  const lists = extraction.filter(({ places }) => isListOfObjects(places));
  const lines = fc.constantFrom(...lists).chain(({ pointer, places }) => {
    const inside = [...envelope, ...pointersIn(itemsOf(places), "")];
    return fieldsOf(valuesOf(inside)).map((fields) => ({ each: pointer, fields }));
  });
  return fc.record(
    {
      fields: fieldsOf(fc.oneof({ weight: 4, arbitrary: valuesOf([...envelope, ...extraction]) }, lines)),
      envelope: fc.boolean(),
      nulls: fc.constantFrom("keep", "omit"),
    },
    { requiredKeys: ["fields"] },
  );
}

interface Place {
  readonly pointer: string;
  readonly places: SourcePlaces;
}

/** Every place with its pointer; of a list the first two items stand for all. */
function pointersIn(places: SourcePlaces, pointer: string): readonly Place[] {
  const below = [...namesIn(places), ...(isList(places) ? ["0", "1"] : [])];
  return [{ pointer, places }, ...below.flatMap((step) => pointersIn(stepInto(places, step), `${pointer}/${step}`))];
}

function valuesOf(places: readonly Place[]): fc.Arbitrary<WrittenField> {
  const pointersTo = (fits: (places: SourcePlaces) => boolean) =>
    fc.constantFrom(...places.filter((place) => fits(place.places)).map(({ pointer }) => pointer));
  const text = fc.string({ unit: "binary", maxLength: 8 }).map((plain) => plain.replaceAll(/[{}]/g, "$&$&"));
  const templates = fc
    .array(fc.tuple(text, pointersTo(isSingleValue), text), { minLength: 1, maxLength: 3 })
    .map((parts) => ({ template: parts.map(([before, pointer, after]) => `${before}{${pointer}}${after}`).join("") }));
  const constant = fc.oneof(fc.string({ unit: "binary" }), fc.maxSafeInteger(), fc.boolean());
  return fc.oneof(
    pointersTo(() => true),
    pointersTo(() => true).map((from) => ({ from })),
    pointersTo(isNumeric).map((from): WrittenField => ({ from, as: "number" })),
    constant.map((value) => ({ constant: value })),
    templates,
  );
}

/** Fields whose names nest at most two deep and never stand in each other's place: the first step is each one's own. */
function fieldsOf(values: fc.Arbitrary<WrittenField>): fc.Arbitrary<WrittenFields> {
  const step = fc.stringMatching(/^[A-Za-z0-9_$@#:/ -]{1,8}$/);
  const nested = fc.option(step, { nil: undefined });
  const named = fc.tuple(step, nested, values);
  return fc.array(named, { minLength: 1, maxLength: 8 }).map((list) =>
    Object.fromEntries(
      list.map(([first, second, value], index) => {
        const own = `${first}${index}`;
        return [second === undefined ? own : `${own}.${second}`, value];
      }),
    ),
  );
}
