import type { DocumentId, MailId, Source, TenantId } from "@flowstate/contracts";
import type { GhostBytes } from "@flowstate/ghost";

/** What was taken out of one inbound mail. Disposing wipes every document. */
export interface ReceivedMail extends Disposable {
  /** Bytes of the whole request body. */
  readonly sizeBytes: number;
  /** SMTP envelope; recipients are content and go nowhere but into the tenant lookup. */
  readonly envelope: Envelope;
  /** SHA-256 of what identifies the message to its sender: the Message-ID, or all its headers. Same on redelivery. */
  readonly messageKey: Buffer;
  readonly documents: readonly ReceivedDocument[];
}

export interface Envelope {
  readonly from: string | undefined;
  readonly to: readonly string[];
}

/** One PDF as it stood in the mail. */
export interface ReceivedDocument {
  /** Wiped already when the document was larger than allowed. */
  readonly content: GhostBytes;
  readonly tooLarge: boolean;
  readonly sizeBytes: number;
  /** SHA-256 of its bytes. */
  readonly digest: Buffer;
}

/** A mail whose tenant is known, with the ids that all its events carry. */
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
