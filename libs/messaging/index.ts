export * from "./broker-configuration.ts";
export { type BrokerLogin, type BrokerTls, loginOptions } from "./broker-login.ts";
export * from "./commands/provision-config.ts";
export { connectDocuments, connectEvents, DocumentsConnection, EventsConnection, isOverheard } from "./connection.ts";
export type { StreamMessage } from "./events/arrivals.ts";
export * from "./events/consume-events.ts";
export * from "./events/erase-events.ts";
export * from "./events/event-publisher.ts";
export { DocumentsOverheardError, forbidOverlap } from "./events/forbid-overlap.ts";
export * from "./events/pending-events.ts";
export * from "./events/provision-events.ts";
export * from "./events/structure-watch.ts";
export * from "./identities.ts";
export * from "./ledger/delivery-ledger.ts";
export type { Settlement } from "./ledger/settlements.ts";
export * from "./permissions/compare-permissions.ts";
export * from "./settings.ts";
export * from "./start-hardened.ts";
export * from "./transfer/call-service.ts";
export { Deadline } from "./transfer/deadline.ts";
export { CHUNK_BYTES } from "./transfer/limits.ts";
export {
  serveTransfers,
  type TransferAnswer,
  type TransferCall,
} from "./transfer/serve-transfers.ts";
export { TransferError } from "./transfer/transfer-error.ts";
