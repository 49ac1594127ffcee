import { stringsLeft } from "@flowstate/ghost";
import { z } from "zod";
import type { Envelope } from "../mail.ts";
import { decodeField } from "./parse-field-notes.ts";

/** Each part is read for itself: what is odd about one of them spoils only that. */
const envelopeSchema = z.object({ to: z.unknown(), from: z.string().optional().catch(undefined) });
const recipientSchema = z.string();

/**
 * SendGrid's `envelope` field: `{"to":["a@b"],"from":"c@d"}`, the addresses of the SMTP transaction. Anything else (absent,
 * damaged) is an envelope without recipients: the mail is then nobody's, which is audited, instead of a 4xx, by which it
 * would vanish. `charset` is what the mail says it is in; an address in yet another one spoils itself only.
 */
export function parseEnvelope(bytes: Uint8Array, charset: string | undefined): Envelope {
  try {
    const { from, to } = envelopeSchema.parse(JSON.parse(decodeField(bytes, charset)));
    const recipients: unknown[] = Array.isArray(to) ? to : [to];
    return { from, to: recipients.flatMap((recipient) => recipientSchema.safeParse(recipient).data ?? []) };
  } catch {
    // Whatever was sent in its place was a string for a moment, and nobody sees it any more who could tell.
    if (bytes.length > 0) stringsLeft();
    return { from: undefined, to: [] };
  }
}
