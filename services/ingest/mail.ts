import type { CodeOf, DocumentId, MailId, Source, TenantId } from "@flowstate/contracts";
import type { GhostBytes } from "@flowstate/ghost";

/** What one request brought, a mail or an upload. Disposing wipes every document. */
export interface ReceivedDocuments extends Disposable {
  /** Bytes of the whole request body. */
  readonly sizeBytes: number;
  /** SHA-256 of what identifies the message to its sender: the Message-ID, or all its headers. Same on redelivery. */
  readonly messageKey: Buffer;
  readonly documents: readonly ReceivedDocument[];
}

/** What was taken out of one inbound mail. */
export interface ReceivedMail extends ReceivedDocuments {
  /** SMTP envelope; recipients are content and go nowhere but into the tenant lookup. */
  readonly envelope: Envelope;
  readonly verdicts: SenderVerdicts;
}

export interface Envelope {
  readonly from: string | undefined;
  readonly to: readonly string[];
}

/** What SendGrid found when it checked where the mail came from. */
export interface SenderVerdicts {
  /** `pass`, `fail`, `softfail`, …; lower case; undefined when nothing is said. */
  readonly spf: string | undefined;
  /** Domains whose DKIM signature passed, lower case. */
  readonly dkimPassed: readonly string[];
}

/** One document as it came. */
export interface ReceivedDocument {
  /** Wiped already when there is a refusal. */
  readonly content: GhostBytes;
  /** Why it can never be accepted, if its bytes alone tell. */
  readonly refusal: CodeOf<"refused"> | undefined;
  readonly sizeBytes: number;
  /** SHA-256 of its bytes. */
  readonly digest: Buffer;
}

/** A mail or an upload whose tenant is known, with the ids that all its events carry. */
export interface IdentifiedMail {
  readonly mailId: MailId;
  readonly tenantId: TenantId;
  readonly senderEmail: string | undefined;
  readonly source: Source;
  /** RFC 3339, UTC. */
  readonly receivedAt: string;
  readonly sizeBytes: number;
}

/** A document of an identified mail. */
export interface IdentifiedDocument extends ReceivedDocument {
  readonly documentId: DocumentId;
}
