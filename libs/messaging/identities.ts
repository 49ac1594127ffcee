import {
  AUDIT_CONSUMER,
  BROKER_IDENTITIES,
  type BrokerIdentity,
  DOCUMENTS_PREFIX,
  EVENTS_PREFIX,
  EVENTS_STREAM,
  inboxPrefix,
  LEASES_BUCKET,
  LEDGER_BUCKET,
  type TransferService,
  transferProbeSubject,
} from "@flowstate/contracts";

/**
 * Who may do what on the broker: the one table from which server configurations are made and which the permission tests
 * walk. Everything that is not listed is denied.
 */

export type Account = "DOCUMENTS" | "EVENTS";

interface IdentityRights {
  readonly account: Account;
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

const KV_OF = (bucket: string) => `$KV.${bucket}.>`;
/** Reads go to the stream's leader: a direct get may come from a replica that has not seen the last write. */
const READ_KV = (bucket: string) => `$JS.API.STREAM.MSG.GET.KV_${bucket}`;
/** What JetStream keeps, and hands on to whom: its settings, no message. To look whether any of it covers documents. */
const LIST_STRUCTURES = ["$JS.API.STREAM.LIST", "$JS.API.CONSUMER.LIST.*"] as const;
/** Where the service framework answers PING, INFO and STATS requests of the `operations` identity. */
const MONITOR_INBOX = `${inboxPrefix("operations")}.>`;

/**
 * A function service: takes transfers under its own name and answers into ingest's inbox. Besides, it may ask whether
 * anybody listens where its transfers and their answers pass (`connectDocuments`).
 */
function transferService(service: TransferService): IdentityRights {
  return {
    account: "DOCUMENTS",
    publish: [`${inboxPrefix("ingest-documents")}.>`, MONITOR_INBOX, transferProbeSubject(service)],
    subscribe: [`${DOCUMENTS_PREFIX}.${service}.>`, "$SRV.>", `${inboxPrefix(service)}.>`],
  };
}

export const IDENTITIES = {
  "ingest-documents": {
    account: "DOCUMENTS",
    publish: [`${DOCUMENTS_PREFIX}.>`],
    subscribe: [`${inboxPrefix("ingest-documents")}.>`],
  },
  extractor: transferService("extractor"),
  "erp-pusher": transferService("erp-pusher"),
  /** Reads the service framework's statistics with standard tools. */
  operations: { account: "DOCUMENTS", publish: ["$SRV.>"], subscribe: [MONITOR_INBOX] },
  "ingest-events": {
    account: "EVENTS",
    publish: [
      `${EVENTS_PREFIX}.>`,
      KV_OF(LEDGER_BUCKET),
      KV_OF(LEASES_BUCKET),
      READ_KV(LEDGER_BUCKET),
      READ_KV(LEASES_BUCKET),
      ...LIST_STRUCTURES,
    ],
    subscribe: [`${inboxPrefix("ingest-events")}.>`],
  },
  audit: {
    account: "EVENTS",
    publish: [
      `$JS.API.CONSUMER.INFO.${EVENTS_STREAM}.${AUDIT_CONSUMER}`,
      `$JS.API.CONSUMER.MSG.NEXT.${EVENTS_STREAM}.${AUDIT_CONSUMER}`,
      `$JS.ACK.${EVENTS_STREAM}.${AUDIT_CONSUMER}.>`,
      ...LIST_STRUCTURES,
    ],
    subscribe: [`${inboxPrefix("audit")}.>`],
  },
  /** The only identity that may administer JetStream: it makes the stream, the consumer and the buckets. */
  admin: { account: "EVENTS", publish: ["$JS.API.>"], subscribe: [`${inboxPrefix("admin")}.>`] },
} as const satisfies Record<BrokerIdentity, IdentityRights>;

export type Identity = BrokerIdentity;
export const IDENTITY_NAMES: readonly Identity[] = BROKER_IDENTITIES;
