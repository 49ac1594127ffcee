import { ascii, equalsWord } from "./ascii.ts";
import type { FileName } from "./file-name.ts";

/** What a part says of itself, and what its bytes say. */
export interface PartTraits {
  /** `type/subtype` without parameters, in any case; empty where nothing is said. */
  readonly type: Buffer;
  /** `other` is inline. Undefined where nothing is said. */
  readonly disposition: "attachment" | "other" | undefined;
  /** Undefined when it has no name. */
  readonly fileName: Pick<FileName, "endsInPdf"> | undefined;
  readonly hasContentId: boolean;
  /** By its bytes. */
  readonly isImage: boolean;
}

const PDF_TYPES = [ascii("application/pdf"), ascii("application/x-pdf")] as const;

/**
 * What mailers add for other mailers. Not among them: application/pkcs7-mime (smime.p7m) and application/ms-tnef
 * (winmail.dat), in which whole documents can be hidden.
 */
const MACHINERY_TYPES = [
  // Signatures and keys (RFC 3156; RFC 8551, 3.5).
  "application/pgp-signature",
  "application/pgp-keys",
  "application/pkcs7-signature",
  "application/x-pkcs7-signature",
  // Invitations and business cards (RFC 5545, RFC 6350).
  "text/calendar",
  "application/ics",
  "text/vcard",
  "text/x-vcard",
  // Reports on delivery (RFC 3464).
  "message/delivery-status",
].map(ascii);

const SVG = ascii("image/svg+xml");

/**
 * Whether a part that is no PDF by its bytes is an attachment to whoever reads the mail, so that somebody may ask where it
 * went: it claims to be a PDF; or it has a name or is attached, and is neither machinery nor ornament. Anything else is the
 * mail's own text, or nothing that anybody sent on purpose.
 */
export function isAttachment(part: PartTraits): boolean {
  const { type, disposition, fileName } = part;
  if (fileName?.endsInPdf === true || isOneOf(type, PDF_TYPES)) return true;
  if (isOneOf(type, MACHINERY_TYPES) || isOrnament(part)) return false;
  return disposition === "attachment" || fileName !== undefined;
}

/** A picture that the text shows: logos, signatures, counting pixels. SVG has no signature; its type has to do. */
function isOrnament({ type, disposition, hasContentId, isImage }: PartTraits): boolean {
  return (isImage || equalsWord(type, SVG)) && (disposition === "other" || hasContentId);
}

function isOneOf(type: Buffer, words: readonly Buffer[]): boolean {
  return words.some((word) => equalsWord(type, word));
}
