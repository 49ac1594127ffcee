import { createHash } from "node:crypto";
import type { Code } from "@flowstate/contracts";
import type { Mail } from "@flowstate/local/doubles/sendgrid.ts";
import { eInvoicePdf } from "@flowstate/local/fixtures/e-invoice.ts";
import type { Planter } from "../../prove/canaries/canary.ts";
import { canaryFacts, scannedPdf } from "../../prove/canaries/canary-documents.ts";
import type { Reading } from "../system/readings.ts";
import type { PlannedDocument, PlannedMail } from "./plan-run.ts";

/** Three chunks of a transfer. */
const LARGE_BYTES = 600_000;

/** How a document may end: delivered, or refused for this reason. */
export type PossibleEnd = "delivered" | Code;

/** A document as it is sent. */
export interface CrashDocument {
  readonly bytes: Buffer;
  /** Its number, by which the ERP knows it: no two documents of a proof have the same. Undefined of what cannot be read. */
  readonly number: string | undefined;
  /** Which ends it may come to, whatever is killed. */
  readonly mayEnd: readonly PossibleEnd[];
  /** What the model reads in it, when it takes a model. */
  readonly reading: Reading | undefined;
}

export interface CrashMail {
  readonly mail: Mail;
  readonly documents: readonly CrashDocument[];
}

/** Builds a mail with canaries in all that it says. */
export async function buildCrashMail(
  planned: PlannedMail,
  { planter, messageId, to }: { planter: Planter; messageId: string; to: string },
): Promise<CrashMail> {
  const documents = await Promise.all(planned.documents.map((document) => buildDocument(document, planter)));
  return {
    documents,
    mail: {
      from: "billing@supplier.example",
      to,
      subject: planter.text(),
      messageId,
      text: planter.text(),
      documents: documents.map(({ bytes }) => ({ filename: `${planter.text()}.pdf`, bytes })),
    },
  };
}

/** By which the model's double knows what it was sent. */
export function sha256Of(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

async function buildDocument({ kind }: PlannedDocument, planter: Planter): Promise<CrashDocument> {
  switch (kind) {
    case "small":
    case "large": {
      const number = planter.text();
      const bytes = await eInvoicePdf({
        number,
        vendorName: planter.text(),
        ...(kind === "large" && { sizeBytes: LARGE_BYTES }),
      });
      return { bytes, number, mayEnd: ["delivered"], reading: undefined };
    }
    case "scan":
      return scan(planter, { once: false, mayEnd: ["delivered"] });
    case "unsteady":
      return scan(planter, { once: true, mayEnd: ["delivered", "model_refused_document"] });
    case "unreadable":
      return { bytes: planter.bytes(1_000), number: undefined, mayEnd: ["document_not_pdf"], reading: undefined };
  }
}

function scan(planter: Planter, { once, mayEnd }: { once: boolean; mayEnd: readonly PossibleEnd[] }): CrashDocument {
  const facts = canaryFacts(planter);
  return { bytes: scannedPdf(planter), number: facts.document_number ?? undefined, mayEnd, reading: { facts, once } };
}
