import type { Party } from "@flowstate/contracts";
import type { GoodsLayout } from "./goods-layout.ts";
import type { PaperFaultKind } from "./paper-faults.ts";
import type { Row } from "./placed-rows.ts";

/** Papers of goods and of their transport that say whose a number is, who carries, and in which countries: `paper-documents.ts`. */
export interface PaperLayout extends GoodsLayout {
  readonly carrier?: NonNullable<Party>;
  /** What its page does not tell apart. */
  readonly untold?: readonly PaperFaultKind[];
}

/** A party in a country, ISO 3166-1 alpha-2, which a page prints as it likes. */
export function partyIn(
  country: string,
  name: string,
  street: string,
  postal_code: string | null,
  city: string,
): NonNullable<Party> {
  return { name, street, postal_code, city, country, tax_ids: [] };
}

/** Label, name, street, postal code and town, and the country in a row of its own where one is given. */
export function address(
  x: number,
  label: string,
  { name, street, postal_code, city }: NonNullable<Party>,
  country?: string,
): readonly Row[] {
  const town = postal_code === null ? (city ?? "") : `${postal_code} ${city}`;
  const rows = [label, name ?? "", street ?? "", town, country ?? ""].filter((text) => text !== "");
  return rows.map((text): Row => [[x, text]]);
}
