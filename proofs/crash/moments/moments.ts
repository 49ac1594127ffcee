import type { ServiceName } from "@flowstate/local/service-environment.ts";

/**
 * The moments in a document's way at which a process can be stopped, in the order in which a document meets them. Services
 * have no switch for them: a module that is loaded before a service watches its spans and a few methods
 * (`stop-at-moments.ts`).
 */

/** How a service's process reaches a moment. */
export type Reached =
  /** The first bytes of a PDF are kept: more are to come, of it or of its mail. */
  | { readonly content: "begins" }
  | { readonly span: string; readonly at: "start" | "end" }
  /** Before: everything that was published earlier is stored. */
  | { readonly event: string; readonly at: "before" | "after" }
  | { readonly ledger: "claim" | "settle"; readonly at: "before" | "after" }
  | { readonly chunk: "sealed" | "opened" }
  /** Before the statement of this name, or this text, is sent. */
  | { readonly statement: string };

interface Moment {
  readonly service: ServiceName;
  readonly reached: Reached;
}

export const MOMENTS = {
  "the document is arriving": { service: "ingest", reached: { content: "begins" } },
  "received is on record": { service: "ingest", reached: { event: "document.received", at: "after" } },
  "the document is claimed": { service: "ingest", reached: { ledger: "claim", at: "after" } },
  "a chunk of the document is sealed": { service: "ingest", reached: { chunk: "sealed" } },
  "a chunk of the document is opened": { service: "extractor", reached: { chunk: "opened" } },
  "the document is read": { service: "extractor", reached: { span: "extract document", at: "end" } },
  "the extraction is back": { service: "ingest", reached: { span: "call extractor", at: "end" } },
  "the push is asked for": { service: "ingest", reached: { span: "call erp-pusher", at: "start" } },
  "the push begins": { service: "erp-pusher", reached: { span: "POST", at: "start" } },
  "the ERP has answered": { service: "erp-pusher", reached: { span: "POST", at: "end" } },
  "the outcome is back": { service: "ingest", reached: { span: "call erp-pusher", at: "end" } },
  "the ledger is due": { service: "ingest", reached: { ledger: "settle", at: "before" } },
  "the ledger knows": { service: "ingest", reached: { ledger: "settle", at: "after" } },
  "the receipt is due": { service: "ingest", reached: { event: "document.wiped", at: "before" } },
  "the end is on record": { service: "ingest", reached: { event: "document.delivered", at: "after" } },
  "events are in a transaction": { service: "audit", reached: { statement: "insert-events" } },
  "events are written, not committed": { service: "audit", reached: { statement: "COMMIT" } },
  "events are committed": { service: "audit", reached: { span: "process events", at: "end" } },
} as const satisfies Readonly<Record<string, Moment>>;

export type MomentName = keyof typeof MOMENTS;
export const MOMENT_NAMES = Object.keys(MOMENTS) as readonly MomentName[];

/** Where a process finds what it is to stop at: a file of this name in the folder that this variable names. */
export const MOMENTS_FOLDER_VARIABLE = "FLOWSTATE_CRASH_MOMENTS";
export const orderFileOf = (pid: number): string => `${pid}.order`;

/** Stop when the moment is reached for the `count`th time from now on. Each order has another `id`. */
export interface Order {
  readonly id: number;
  readonly moment: MomentName;
  readonly count: number;
}
