import { sendMail } from "../doubles/sendgrid.ts";
import { eInvoicePdf } from "../fixtures/e-invoice.ts";
import type { Local } from "../local-file.ts";
import { describeOutcome, mailOutcome } from "./mail-outcome.ts";

const SAMPLE_SENDER = "billing@supplier.example";
const SAMPLE_NAME = "sample-invoice.pdf";

/**
 * Mails a sample e-invoice through the real webhook, as SendGrid would, and answers in lines what became of it. It is an
 * e-invoice so that it needs no model and no key.
 */
export async function mailSample(local: Local): Promise<readonly string[]> {
  const { ingest } = local.services;
  const bytes = await eInvoicePdf();
  const since = Date.now();
  const answer = await sendMail({
    url: ingest.url,
    apiKey: local.apiKey,
    from: SAMPLE_SENDER,
    to: local.tenant.address,
    subject: "Sample invoice",
    documents: [{ filename: SAMPLE_NAME, bytes }],
  });
  const took = Date.now() - since;
  const outcome = await mailOutcome(local, answer, since);
  return [
    "",
    `Mailed ${SAMPLE_NAME} from ${SAMPLE_SENDER} to ${local.tenant.address}; answered after ${took} ms.`,
    ...describeOutcome(outcome),
  ];
}
