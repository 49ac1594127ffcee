// Real: the rule. Doubled: nothing.
import { describe, expect, it } from "vitest";
import { isAttachment, type PartTraits } from "./is-attachment.ts";

type Traits = Partial<Omit<PartTraits, "type">>;

const NAMED: Traits = { fileName: { endsInPdf: false } };
const CALLED_PDF: Traits = { fileName: { endsInPdf: true } };
const ATTACHED: Traits = { disposition: "attachment" };
const INLINE: Traits = { disposition: "other" };
const SHOWN: Traits = { hasContentId: true };
const IMAGE: Traits = { isImage: true };

describe("whether a part is an attachment", () => {
  it.each<[string, string, Traits, boolean]>([
    ["a body text", "text/plain", {}, false],
    ["a body text without a type", "", {}, false],
    ["a body text that is inline", "text/html", INLINE, false],
    ["a body text with a content-id", "text/html", SHOWN, false],
    ["an attached text", "text/plain", ATTACHED, true],
    ["an inline text with a name", "text/csv", { ...INLINE, ...NAMED }, true],
    ["a spreadsheet", "application/vnd.ms-excel", { ...ATTACHED, ...NAMED }, true],
    ["octets with a name only", "application/octet-stream", NAMED, true],
    ["octets that are attached only", "application/octet-stream", ATTACHED, true],
    ["octets with a content-id and a name", "application/octet-stream", { ...SHOWN, ...NAMED }, true],
    ["octets of which nothing is said", "application/octet-stream", {}, false],
    ["what claims to be a PDF", "application/pdf", {}, true],
    ["what claims to be a PDF, inline and in any case", "Application/X-PDF", { ...INLINE, ...SHOWN }, true],
    ["what only begins like a PDF's type", "application/pdf-x", {}, false],
    ["what is called a PDF and is an inline picture", "image/png", { ...CALLED_PDF, ...INLINE, ...IMAGE }, true],
    ["what is called a PDF and claims to be an invitation", "text/calendar", CALLED_PDF, true],
    ["an attached picture", "image/jpeg", { ...ATTACHED, ...NAMED, ...IMAGE }, true],
    ["a picture with a name", "image/jpeg", { ...NAMED, ...IMAGE }, true],
    ["an inline picture", "image/jpeg", { ...INLINE, ...NAMED, ...IMAGE }, false],
    ["a picture that the text shows", "image/png", { ...SHOWN, ...NAMED, ...IMAGE }, false],
    ["an attached picture with a content-id", "image/png", { ...ATTACHED, ...SHOWN, ...IMAGE }, false],
    ["a picture that claims to be octets", "application/octet-stream", { ...SHOWN, ...NAMED, ...IMAGE }, false],
    ["a picture only by its type", "image/png", { ...SHOWN, ...NAMED }, true],
    ["a drawing that the text shows", "image/SVG+xml", { ...SHOWN, ...NAMED }, false],
    ["an attached drawing", "image/svg+xml", { ...ATTACHED, ...NAMED }, true],
    ["an S/MIME signature", "application/pkcs7-signature", { ...ATTACHED, ...NAMED }, false],
    ["an old S/MIME signature", "application/x-pkcs7-signature", { ...ATTACHED, ...NAMED }, false],
    ["a PGP signature", "application/pgp-signature", NAMED, false],
    ["a PGP key", "application/pgp-keys", { ...ATTACHED, ...NAMED }, false],
    ["an invitation", "text/calendar", NAMED, false],
    ["an attached invitation", "application/ics", { ...ATTACHED, ...NAMED }, false],
    ["a business card", "text/vcard", { ...ATTACHED, ...NAMED }, false],
    ["an old business card", "text/X-VCARD", { ...ATTACHED, ...NAMED }, false],
    ["a report on delivery", "message/delivery-status", { ...ATTACHED, ...NAMED }, false],
    ["an encrypted or signed message in one piece", "application/pkcs7-mime", { ...ATTACHED, ...NAMED }, true],
    ["what Outlook wraps attachments in", "application/ms-tnef", NAMED, true],
    ["a document that lies elsewhere", "message/external-body", NAMED, true],
  ])("%s is told", (_name, type, traits, expected) => {
    const silent = { disposition: undefined, fileName: undefined, hasContentId: false, isImage: false } as const;
    expect(isAttachment({ ...silent, ...traits, type: Buffer.from(type, "latin1") })).toBe(expected);
  });
});
