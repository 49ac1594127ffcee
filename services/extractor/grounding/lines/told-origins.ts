import { countriesNamed } from "../printed/country-names.ts";
import type { Block } from "./line-blocks.ts";
import type { ToldCode } from "./told-codes.ts";

/**
 * For each line the countries, ISO 3166-1 alpha-2, that the page says it is from: among its rows, or else what is said outside
 * of the rows of all lines. Empty where the page says nothing.
 */
export function toldOrigins(
  told: readonly ToldCode[],
  regions: readonly (Block | undefined)[],
): readonly ReadonlySet<string>[] {
  const origins = told.flatMap(({ text, meanings, row }) =>
    meanings.includes("origin")
      ? text.split(/[/,()]/).flatMap((part) => [...(countriesNamed(part) ?? [])].map((country) => ({ country, row })))
      : [],
  );
  const isIn = (region: Block | undefined, row: number) =>
    region !== undefined && region.from <= row && row <= region.to;
  const ofAll = origins.filter(({ row }) => !regions.some((region) => isIn(region, row)));
  return regions.map((region) => {
    const own = origins.filter(({ row }) => isIn(region, row));
    return new Set((own.length > 0 ? own : ofAll).map(({ country }) => country));
  });
}
