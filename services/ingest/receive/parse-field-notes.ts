import { z } from "zod";

/** What SendGrid notes about the fields of a mail. Each note is optional, and a damaged one counts as absent. */

const charsetsSchema = z.record(z.string(), z.string());
const attachmentInfoSchema = z.record(z.string(), z.object({ "content-id": z.string().min(1).optional() }));
const contentIdsSchema = z.record(z.string(), z.string());

/** The charset that the field `charsets` names for another one; undefined where it names none. */
export function parseCharset(charsets: Uint8Array, field: string): string | undefined {
  const named = parsedJson(charsetsSchema, charsets);
  return named !== undefined && Object.hasOwn(named, field) ? named[field] : undefined;
}

/** The attachment fields that have a content id, by `attachment-info` (name → facts) or `content-ids` (id → name). */
export function parseContentIds(attachmentInfo: Uint8Array, contentIds: Uint8Array): ReadonlySet<string> {
  const described = Object.entries(parsedJson(attachmentInfoSchema, attachmentInfo) ?? {});
  return new Set([
    ...described.flatMap(([name, facts]) => (facts["content-id"] === undefined ? [] : [name])),
    ...Object.values(parsedJson(contentIdsSchema, contentIds) ?? {}),
  ]);
}

/** Decodes bytes by the charset's name; UTF-8 where the name means nothing, as cp850 does to the encoding standard. */
export function decodeField(bytes: Uint8Array, charset: string | undefined): string {
  try {
    return new TextDecoder(charset ?? "utf-8").decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes);
  }
}

function parsedJson<S extends z.ZodType>(schema: S, bytes: Uint8Array): z.output<S> | undefined {
  try {
    return schema.parse(JSON.parse(decodeField(bytes, undefined)));
  } catch {
    return undefined;
  }
}
