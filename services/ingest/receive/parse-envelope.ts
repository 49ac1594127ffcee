import { z } from "zod";
import type { Envelope } from "../mail.ts";

/** More recipients than any mail server accepts in one transaction (RFC 5321 asks for at least 100). */
const MAX_RECIPIENTS = 1_000;

const envelopeSchema = z.object({
  to: z.array(z.string()).max(MAX_RECIPIENTS).default([]),
  from: z.string().optional(),
});

/**
 * SendGrid's `envelope` field: `{"to":["a@b"],"from":"c@d"}`, the addresses of the SMTP transaction. Anything else (absent,
 * damaged, cut off) is an envelope without recipients: the mail is then nobody's, which is audited, instead of a 4xx, by
 * which it would vanish. An address in another charset than UTF-8 spoils itself only.
 */
export function parseEnvelope(bytes: Uint8Array): Envelope {
  try {
    const { from, to } = envelopeSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
    return { from, to };
  } catch {
    return { from: undefined, to: [] };
  }
}
