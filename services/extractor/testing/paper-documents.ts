import { CODED_PAPERS } from "./coded-papers.ts";
import { CONTINENTAL_PAPERS } from "./continental-papers.ts";
import { truthOfGoods } from "./goods-documents.ts";
import type { MadeDocument } from "./logistics-documents.ts";
import type { PaperFaultKind } from "./paper-faults.ts";
import { placedRows } from "./placed-rows.ts";
import { TRANSPORT_PAPERS } from "./transport-papers.ts";

export interface MadePaper extends MadeDocument {
  /** What its page does not tell apart. */
  readonly untold: readonly PaperFaultKind[];
}

/** Papers of the project's own making as goods travel with: who sends, carries and gets them, and codes of several kinds. */
export function paperDocuments(): readonly MadePaper[] {
  return [...TRANSPORT_PAPERS, ...CODED_PAPERS, ...CONTINENTAL_PAPERS].map(
    ({ carrier = null, untold = [], ...layout }) => ({
      name: layout.name,
      pdf: placedRows(layout.rows),
      truth: { ...truthOfGoods(layout), carrier },
      untold,
    }),
  );
}
