import { z } from "zod";
import { extractionSchema } from "./extraction.ts";
import { documentIdSchema, tenantIdSchema } from "./ids.ts";

/** Where a document came from. */
export const sourceSchema = z.enum(["sendgrid", "api"]);
export type Source = z.infer<typeof sourceSchema>;

/** What customers build on: the body of the webhook that the ERP receives, signed per Standard Webhooks 1.0. */
export const erpPayloadSchema = z.strictObject({
  type: z.literal("document.extracted"),
  /** When the delivery was made, RFC 3339, UTC. */
  timestamp: z.iso.datetime(),
  data: z.strictObject({
    document_id: documentIdSchema,
    tenant_id: tenantIdSchema,
    /** When Flowstate received the document, RFC 3339, UTC. */
    received_at: z.iso.datetime(),
    source: sourceSchema,
    extraction: extractionSchema,
  }),
});
export type ErpPayload = z.infer<typeof erpPayloadSchema>;

/**
 * What `npm run erp -- ping TENANT` sends: signed and delivered as a document is, about no document. The ERP verifies it,
 * answers 2xx and books nothing.
 */
export const erpPingSchema = z.strictObject({
  type: z.literal("flowstate.ping"),
  /** When it was sent, RFC 3339, UTC. */
  timestamp: z.iso.datetime(),
  data: z.strictObject({}),
});
export type ErpPing = z.infer<typeof erpPingSchema>;
