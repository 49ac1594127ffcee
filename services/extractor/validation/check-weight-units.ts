import type { Facts } from "@flowstate/contracts";
import type { PrintedDocument } from "../grounding/printed/printed-document.ts";
import type { Finding } from "./finding.ts";
import { gramsOf } from "./weight.ts";

type Weight = Facts["totals"]["net_weight"];

/** Units of mass that mean nothing else wherever they stand, and those that do so behind a number or a bracket only. */
const UNIT = /\b(?:kg[ms]?|kilo(?:gram)?s?|lbs?|lbr|oz|onz|mgm?|grm|dtn|tne|tonn?es?|tons)\b/giu;
const UNIT_IN_PLACE = /(?:\d\s?|[([/]\s?)(t|to(?!\s*\d)|mt|gr?)\b/giu;

/**
 * Weights in a unit that no page prints, though it prints another: a thousand times what is there, or half of it, with a
 * figure that is right.
 */
export function checkWeightUnits({ lines, totals }: Facts, { rows }: PrintedDocument): Finding[] {
  const printed = new Set(rows.flatMap(({ cells }) => cells.flatMap(({ text }) => unitsIn(text))).map(factorOf));
  printed.delete(undefined);
  if (printed.size === 0) return [];
  const isOther = (weight: Weight) => {
    const factor = factorOf(weight?.unit ?? "");
    return factor !== undefined && !printed.has(factor);
  };
  return [
    ...(["net_weight", "gross_weight"] as const).flatMap((name): Finding[] =>
      isOther(totals[name]) ? [{ rule: "total_not_on_page", path: `/totals/${name}/unit` }] : [],
    ),
    ...lines.flatMap((line, index) =>
      (["net_weight", "gross_weight"] as const).flatMap((name): Finding[] =>
        isOther(line[name]) ? [{ rule: "line_value_not_on_page", path: `/lines/${index}/${name}/unit` }] : [],
      ),
    ),
  ];
}

function unitsIn(text: string): readonly string[] {
  return [
    ...[...text.matchAll(UNIT)].map(([unit]) => unit),
    ...[...text.matchAll(UNIT_IN_PLACE)].map(([, unit = ""]) => unit),
  ];
}

/** What one of the unit weighs; undefined for what is no unit of mass. */
function factorOf(unit: string): string | undefined {
  return gramsOf({ value: "1", unit })?.grams;
}
