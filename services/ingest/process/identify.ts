import { createHmac } from "node:crypto";
import { type DocumentId, documentIdSchema, type MailId, mailIdSchema, type TenantId } from "@flowstate/contracts";
import { uuidFromDigest } from "@flowstate/messaging";
import type { ReceivedDocument, ReceivedMail } from "../mail.ts";

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
  documentId(tenant: TenantId, mail: Pick<ReceivedMail, "messageKey">, document: ReceivedDocument): DocumentId {
    return documentIdSchema.parse(this.#derive(["document", tenant, hex(mail.messageKey), hex(document.digest)]));
  }

  mailId(tenant: TenantId | undefined, mail: Pick<ReceivedMail, "messageKey" | "documents">): MailId {
    const digests = mail.documents.map(({ digest }) => hex(digest)).sort();
    return mailIdSchema.parse(this.#derive(["mail", tenant ?? null, hex(mail.messageKey), ...digests]));
  }

  #derive(parts: readonly (string | null)[]): string {
    return uuidFromDigest(createHmac("sha256", this.#secret).update(JSON.stringify(parts)).digest());
  }
}

function hex(digest: Buffer): string {
  return digest.toString("hex");
}
