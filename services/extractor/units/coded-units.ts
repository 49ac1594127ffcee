import type { Extraction, Facts, Measure } from "@flowstate/contracts";
import { statedUnitCode, unitCodeOf } from "./unit-code.ts";

type Coded = Pick<Extraction, "lines" | "totals">;
type CodedMeasure = Coded["totals"]["volume"];

/** Lines and totals with the code of every unit. `isData` says that codes stand where a page would have words. */
export function withUnitCodes({ lines, totals }: Facts, { isData }: { readonly isData: boolean }): Coded {
  const codeOf = (unit: string | null) =>
    unit === null ? null : ((isData ? statedUnitCode : unitCodeOf)(unit) ?? null);
  const coded = (measure: Measure): CodedMeasure =>
    measure === null ? null : { ...measure, unit_code: codeOf(measure.unit) };
  return {
    lines: lines.map((line) => ({
      ...line,
      unit_code: codeOf(line.unit),
      net_weight: coded(line.net_weight),
      gross_weight: coded(line.gross_weight),
    })),
    totals: {
      ...totals,
      net_weight: coded(totals.net_weight),
      gross_weight: coded(totals.gross_weight),
      volume: coded(totals.volume),
    },
  };
}
