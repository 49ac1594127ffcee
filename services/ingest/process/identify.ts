import { createHmac } from "node:crypto";
import { type DocumentId, documentIdSchema, type MailId, mailIdSchema, type TenantId } from "@flowstate/contracts";
import { uuidFromDigest } from "@flowstate/messaging";
import type { IdentifiedDocument, IdentifiedMail, ReceivedDocument, ReceivedDocuments } from "../mail.ts";

/**
 * Ids are made from what they name, keyed with a server secret: the same mail gives the same ids on every redelivery and on
 * every instance, no sender can guess or collide with somebody else's, and nothing can be read back from them.
 */
export class Identifier {
  readonly #secret: string;

  constructor(secret: string) {
    this.#secret = secret;
  }

  /** The document's bytes are part of the id: reusing a Message-ID blocks nobody else's document. */
  documentId(tenant: TenantId, messageKey: Buffer, { digest }: Pick<ReceivedDocument, "digest">): DocumentId {
    return documentIdSchema.parse(this.#derive(["document", tenant, hex(messageKey), hex(digest)]));
  }

  mailId(tenant: TenantId | undefined, mail: Pick<ReceivedDocuments, "messageKey" | "documents">): MailId {
    const digests = mail.documents.map(({ digest }) => hex(digest)).sort();
    return mailIdSchema.parse(this.#derive(["mail", tenant ?? null, hex(mail.messageKey), ...digests]));
  }

  #derive(parts: readonly (string | null)[]): string {
    return uuidFromDigest(createHmac("sha256", this.#secret).update(JSON.stringify(parts)).digest());
  }
}

/** The same PDF attached twice is one document: as two, each would wait for the other's claim. */
export function identifyDocuments(
  identifier: Identifier,
  { tenantId }: Pick<IdentifiedMail, "tenantId">,
  messageKey: Buffer,
  documents: readonly ReceivedDocument[],
): IdentifiedDocument[] {
  const unique = new Map<string, IdentifiedDocument>();
  for (const document of documents) {
    const documentId = identifier.documentId(tenantId, messageKey, document);
    if (unique.has(documentId)) document.content.wipe();
    else unique.set(documentId, { ...document, documentId });
  }
  return [...unique.values()];
}

function hex(digest: Buffer): string {
  return digest.toString("hex");
}
