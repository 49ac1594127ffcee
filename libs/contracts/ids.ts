import { z } from "zod";

/**
 * Identifiers are branded so that a mail id can never stand where a document id is meant. None of them holds content:
 * a tenant id is chosen by the operator, the others are UUIDs derived with a server secret.
 */

/** Lower-case letters, digits and hyphens: safe as a NATS subject token, a metric label and a URL segment. */
export const tenantIdSchema = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/)
  .brand<"TenantId">();
export type TenantId = z.infer<typeof tenantIdSchema>;

/** One inbound e-mail or API upload; the same on every redelivery. */
export const mailIdSchema = z.uuid().brand<"MailId">();
export type MailId = z.infer<typeof mailIdSchema>;

/** One PDF of one mail of one tenant; the same on every redelivery, and the `webhook-id` the ERP sees. */
export const documentIdSchema = z.uuid().brand<"DocumentId">();
export type DocumentId = z.infer<typeof documentIdSchema>;

/** Derived from the event's cause, so that a replayed event is the same event. */
export const eventIdSchema = z.uuid().brand<"EventId">();
