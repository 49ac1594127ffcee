import { decimalSchema, erpPayloadSchema } from "@flowstate/contracts";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import {
  isListOfObjects,
  isNumeric,
  isSingleValue,
  itemsOf,
  namesIn,
  PAYLOAD_PLACES,
  placesOf,
  type SourcePlaces,
  stepInto,
} from "./source-places.ts";

// Pure. The payload's schema is the real one; others show what a schema may come to hold.

const SCHEMA = z.strictObject({
  amount: decimalSchema.describe("An amount.").nullable(),
  count: z.int(),
  rate: z.number().nullable(),
  flag: z.boolean(),
  name: z.string().nullable(),
  code: z.enum(["a", "b"]),
  numbers: z.array(z.string()).max(3),
  rows: z.array(z.strictObject({ sku: z.string(), weight: z.strictObject({ value: decimalSchema }).nullable() })),
  either: z.union([decimalSchema, z.strictObject({ deep: z.string() })]),
});

function at(pointer: string, places: SourcePlaces = placesOf(SCHEMA)): SourcePlaces {
  return pointer.split("/").slice(1).reduce(stepInto, places);
}

describe("the places of a schema", () => {
  it.each(["/amount", "/numbers/0", "/numbers/2", "/rows/7/sku", "/rows/0/weight/value", "/either/deep"])(
    "have %s",
    (pointer) => {
      expect(at(pointer)).not.toEqual([]);
    },
  );

  it.each([
    "/none",
    "/name/length",
    "/numbers/3",
    "/numbers/-1",
    "/numbers/01",
    "/numbers/length",
    "/rows/sku",
    "/rows/0/none",
    "/toString",
    "/__proto__",
    "/constructor/name",
  ])("do not have %s", (pointer) => {
    expect(at(pointer)).toEqual([]);
  });

  it("say what is numeric: numbers, and texts with the form of a decimal", () => {
    expect(["/amount", "/count", "/rate"].map((pointer) => isNumeric(at(pointer)))).toEqual([true, true, true]);
    expect(["/name", "/flag", "/rows", "/either"].map((pointer) => isNumeric(at(pointer)))).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });

  it("say what is a single value", () => {
    expect(
      ["/amount", "/rate", "/name", "/flag", "/code", "/numbers/0"].every((pointer) => isSingleValue(at(pointer))),
    ).toBe(true);
    expect(["/numbers", "/rows", "/rows/0", "/either"].some((pointer) => isSingleValue(at(pointer)))).toBe(false);
  });

  it("say what is a list of objects, and what its items have", () => {
    expect(["/rows", "/numbers", "/amount", "/rows/0"].map((pointer) => isListOfObjects(at(pointer)))).toEqual([
      true,
      false,
      false,
      false,
    ]);
    expect(namesIn(itemsOf(at("/rows")))).toEqual(["sku", "weight"]);
  });

  it("are told from the payload that the ERP's contract describes", () => {
    expect(namesIn(PAYLOAD_PLACES)).toEqual(Object.keys(erpPayloadSchema.shape));
    expect(isNumeric(at("/data/extraction/totals/gross", PAYLOAD_PLACES))).toBe(true);
    expect(isListOfObjects(at("/data/extraction/lines", PAYLOAD_PLACES))).toBe(true);
  });

  it("have no member called data where pointers begin: it would be hidden by the payload's", () => {
    const beginnings = (places: SourcePlaces): SourcePlaces[] =>
      [
        ...(isListOfObjects(places) ? [itemsOf(places), ...beginnings(itemsOf(places))] : []),
        ...namesIn(places).flatMap((name) => beginnings(stepInto(places, name))),
      ].filter((found) => found.length > 0);
    const extraction = at("/data/extraction", PAYLOAD_PLACES);
    const all = [extraction, ...beginnings(extraction)];
    expect(all.length).toBeGreaterThan(1);
    expect(all.filter((places) => namesIn(places).includes("data"))).toEqual([]);
  });
});
