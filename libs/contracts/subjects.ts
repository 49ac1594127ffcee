import type { DocumentId, TenantId } from "./ids.ts";

/**
 * Every NATS subject of the system, built here and nowhere else. They run from general to specific, so that one
 * wildcard grants one right. The two accounts never share a subject.
 */

/** Account without JetStream: what is published here cannot be persisted. */
export const DOCUMENTS_PREFIX = "flowstate.documents";
/** Account with JetStream: metadata only. */
export const EVENTS_PREFIX = "flowstate.events";

/** The services that receive sealed transfers, by the name they have in the NATS service framework. */
export const TRANSFER_SERVICES = ["extractor", "erp-pusher"] as const;
export type TransferService = (typeof TRANSFER_SERVICES)[number];

/** Where a caller asks any instance of a service to take a transfer; instances share it as a queue group. */
export function transferOpenSubject(service: TransferService): string {
  return `${DOCUMENTS_PREFIX}.${service}.open`;
}

/** The private subject on which one instance receives the frames of one transfer. */
export function transferFramesSubject(service: TransferService, transferId: string): string {
  return `${DOCUMENTS_PREFIX}.${service}.frames.${transferId}`;
}

/**
 * Lies among the subjects of transfers, and no transfer ever has it: the only one who could take a message here is a stream
 * whose filter covers transfers.
 */
export function transferProbeSubject(service: TransferService): string {
  return transferFramesSubject(service, "probe");
}

/** The same among the answers to transfers, which come to ingest. */
export function replyProbeSubject(): string {
  return `${inboxPrefix("ingest-documents")}.probe`;
}

/** `flowstate.events.<type>.<tenant>`; an event without tenant (an unroutable mail) uses the token `_`. */
export function eventSubject(type: string, tenant: TenantId | undefined): string {
  return `${EVENTS_PREFIX}.${type}.${tenant ?? "_"}`;
}

/** The stream that keeps events until audit has stored them, and long after. */
export const EVENTS_STREAM = "FLOWSTATE_EVENTS";
/** The durable consumer through which all audit instances share the stream. */
export const AUDIT_CONSUMER = "audit";
/** Key-value bucket: document id → settled as `delivered` or `refused`. */
export const LEDGER_BUCKET = "flowstate_ledger";
/** The same bucket as the stream that it is, and a document's entry in it. */
export const LEDGER_STREAM = `KV_${LEDGER_BUCKET}`;
export function settlementSubject(document: DocumentId): string {
  return `$KV.${LEDGER_BUCKET}.${document}`;
}
/** Key-value bucket whose entries the broker itself forgets after the lease: document id → the instance at work. */
export const LEASES_BUCKET = "flowstate_leases";

/** Replies come to a prefix of the identity's own, so that no identity can listen to another's. */
export function inboxPrefix(identity: string): string {
  return `_INBOX_${identity.replaceAll("-", "_")}`;
}
