import { z } from "zod";
import type { Envelope } from "../mail.ts";
import { decodeField } from "./parse-field-notes.ts";

/** More recipients than any mail server accepts in one transaction (RFC 5321 asks for at least 100). */
const MAX_RECIPIENTS = 1_000;

const envelopeSchema = z.object({
  to: z.array(z.string()).max(MAX_RECIPIENTS).default([]),
  from: z.string().optional(),
});

/**
 * SendGrid's `envelope` field: `{"to":["a@b"],"from":"c@d"}`, the addresses of the SMTP transaction. Anything else (absent,
 * damaged, cut off) is an envelope without recipients: the mail is then nobody's, which is audited, instead of a 4xx, by
 * which it would vanish. `charset` is what the mail says it is in; an address in yet another one spoils itself only.
 */
export function parseEnvelope(bytes: Uint8Array, charset: string | undefined): Envelope {
  try {
    const { from, to } = envelopeSchema.parse(JSON.parse(decodeField(bytes, charset)));
    return { from, to };
  } catch {
    return { from: undefined, to: [] };
  }
}
