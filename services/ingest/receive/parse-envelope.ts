import { z } from "zod";
import type { Envelope } from "../mail.ts";

/** More recipients than any mail server accepts in one transaction (RFC 5321 asks for at least 100). */
const MAX_RECIPIENTS = 1_000;

const envelopeSchema = z.object({
  to: z.array(z.string()).max(MAX_RECIPIENTS).default([]),
  from: z.string().optional(),
});

/**
 * SendGrid's `envelope` field: `{"to":["a@b"],"from":"c@d"}`, the addresses of the SMTP transaction. Absent means a mail
 * that nobody can be found for. Returns undefined for what is not such an object.
 */
export function parseEnvelope(bytes: Uint8Array): Envelope | undefined {
  if (bytes.byteLength === 0) return { from: undefined, to: [] };
  try {
    const { from, to } = envelopeSchema.parse(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)));
    return { from, to };
  } catch {
    return undefined;
  }
}
