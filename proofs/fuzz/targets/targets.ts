import type { Target } from "../target.ts";

/**
 * Every door, those that take longest first. Each is loaded where it is opened and nowhere else: what one needs takes longer
 * to load than another takes to read a thousand inputs.
 */
const LOADERS: Readonly<Record<string, () => Promise<Target>>> = {
  stack: async () => (await import("./whole-stack.ts")).WHOLE_STACK,
  pdf: async () => (await import("./pdf-documents.ts")).PDF_DOCUMENTS,
  multipart: async () => (await import("./multipart-bodies.ts")).MULTIPART_BODIES,
  "raw-mode": async () => (await import("./multipart-bodies.ts")).RAW_MODE,
  "sendgrid-fields": async () => (await import("./sendgrid-fields.ts")).SENDGRID_FIELDS,
  uploads: async () => (await import("./uploads.ts")).UPLOADS,
  "stream-events": async () => (await import("./stream-events.ts")).STREAM_EVENTS,
  "api-parameters": async () => (await import("./api-parameters.ts")).API_PARAMETERS,
  headers: async () => (await import("./request-heads.ts")).REQUEST_HEADS,
  sockets: async () => (await import("./request-heads.ts")).RAW_SOCKETS,
  transfers: async () => (await import("./broken-transfers.ts")).BROKEN_TRANSFERS,
  "e-invoice-xml": async () => (await import("./e-invoice-xml.ts")).E_INVOICE_XML,
  mime: async () => (await import("./mime-messages.ts")).MIME_MESSAGES,
  "multipart-parser": async () => (await import("./multipart-parser.ts")).MULTIPART_PARSER,
  "transfer-frames": async () => (await import("./transfer-frames.ts")).TRANSFER_FRAMES,
};

export const TARGET_NAMES: readonly string[] = Object.keys(LOADERS);

/** Rejects for a name that no target has. */
export async function loadTarget(name: string): Promise<Target> {
  const load = LOADERS[name];
  if (load === undefined) throw new Error(`no target is called ${name}: ${TARGET_NAMES.join(", ")}`);
  return load();
}
