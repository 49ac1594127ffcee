import { type PushRequest, pushOutcomeSchema } from "@flowstate/contracts";
import type { GhostBytes } from "@flowstate/ghost";
import { callService } from "@flowstate/messaging";
import type { IdentifiedDocument, IdentifiedMail } from "../mail.ts";
import type { DocumentPath, Progress } from "./attempt.ts";
import { endOfPush, type WorkEnd } from "./document-end.ts";
import type { StepOptions } from "./extract.ts";

/** Has one extraction pushed to the tenant's ERP. Rejects with `TransferError`. The caller wipes the extraction. */
export async function deliver(
  path: DocumentPath,
  mail: IdentifiedMail,
  { documentId }: IdentifiedDocument,
  extraction: GhostBytes,
  { deadline, signal }: StepOptions,
  progress: Progress,
): Promise<WorkEnd> {
  progress.enter("deliver");
  const request: PushRequest = {
    document_id: documentId,
    tenant_id: mail.tenantId,
    received_at: mail.receivedAt,
    source: mail.source,
  };
  const { outcome, content, wipedBytes, outsideMs } = await callService(path.documents, {
    service: "erp-pusher",
    request,
    content: extraction,
    outcomeSchema: pushOutcomeSchema,
    deadline,
    signal,
    logger: path.logger,
  });
  progress.pusherWiped = wipedBytes;
  progress.outsideMs += outsideMs;
  content?.wipe();
  return endOfPush(outcome, progress.elapsedMs());
}
