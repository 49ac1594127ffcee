import type { Facts, Line, Party } from "@flowstate/contracts";
import type { Row } from "./placed-rows.ts";

/**
 * Orders, confirmations, delivery notes, packing lists and bills of lading that total no money, each as another country prints
 * them: what the documents of `goods-documents.ts` print.
 */
export interface GoodsLayout {
  readonly name: string;
  readonly type: Facts["document_type"];
  readonly number: string;
  readonly vendor?: NonNullable<Party>;
  readonly buyer?: NonNullable<Party>;
  readonly ship_to?: NonNullable<Party>;
  readonly currency?: string;
  readonly references?: Partial<Facts["references"]>;
  readonly lines?: readonly Partial<Line>[];
  readonly totals?: Partial<Facts["totals"]>;
  readonly rows: readonly Row[];
}

/** Rows of a table: for each column where its cells begin, or with a minus where they end, in points. */
export function table(edges: readonly number[], ...rows: readonly (readonly string[])[]): readonly Row[] {
  return rows.map((cells) =>
    cells.flatMap((text, column): Row => {
      const edge = edges[column] ?? 0;
      // Digits of Helvetica are 5 points wide at 9 points, the marks between them half as wide.
      const width = [...text].reduce((sum, character) => sum + (/[.,]/.test(character) ? 2.5 : 5), 0);
      return text === "" ? [] : [[edge < 0 ? -edge - width : edge, text]];
    }),
  );
}

export function party(name: string, street: string, postal_code: string, city: string): NonNullable<Party> {
  return { name, street, postal_code, city, country: null, tax_ids: [] };
}

export function block(
  x: number,
  label: string,
  { name, street, postal_code, city }: NonNullable<Party>,
): readonly Row[] {
  const rows = [name ?? "", street ?? "", `${postal_code} ${city}`].map((text): Row => [[x, text]]);
  return label === "" ? rows : [[[x, label]], ...rows];
}

export const kg = (value: string) => ({ value, unit: "kg" });
export const PUMPS = party("Brabant Pumps BV", "Kanaaldijk 31", "5613 LH", "Eindhoven");
export const STORE = party("Magazijn Zuid BV", "Havenweg 8", "4541 AB", "Sluiskil");
export const VALVES = party("Havelwerk Armaturen GmbH", "Uferweg 19", "14770", "Brandenburg");
export const CASTINGS = party("Pennine Castings Ltd", "8 Foundry Lane", "S9 2LY", "Sheffield");
export const YARD = party("Humber Yard Stores", "14 Dock Road", "HU1 3DZ", "Hull");
