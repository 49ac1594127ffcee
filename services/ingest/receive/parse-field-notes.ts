import { z } from "zod";
import { type JsonMember, jsonMembers } from "./json-members.ts";
import { ascii } from "./mime/ascii.ts";

/** What SendGrid notes about the fields of a mail. Each note is optional, and a damaged one counts as absent. */

const charsetsSchema = z.record(z.string(), z.string());

/** SendGrid names the files of a mail attachment1 to attachmentN. */
const ATTACHMENT_FIELD = /^attachment\d{1,4}$/;
const ATTACHMENT = ascii("attachment");
const MAX_NAME_BYTES = "attachment".length + 4;
const CONTENT_ID = ascii("content-id");
const NOTHING: Buffer = Buffer.alloc(0);

/** The charset that the field `charsets` names for another one; undefined where it names none. */
export function parseCharset(charsets: Uint8Array, field: string): string | undefined {
  const named = parsedJson(charsetsSchema, charsets);
  return named !== undefined && Object.hasOwn(named, field) ? named[field] : undefined;
}

/**
 * The attachment fields that have a content id, by `attachment-info` (name → facts) or `content-ids` (id → name). File names
 * and ids, which the sender wrote, stay bytes.
 */
export function parseContentIds(attachmentInfo: Buffer, contentIds: Buffer): ReadonlySet<string> {
  const named = jsonMembers(contentIds).flatMap(({ depth, text }) => (depth === 1 ? fieldName(text) : []));
  return new Set([...described(jsonMembers(attachmentInfo)), ...named]);
}

function described(facts: readonly JsonMember[]): readonly string[] {
  let field: Buffer | undefined;
  return facts.flatMap(({ name, depth, text = NOTHING }) => {
    if (depth === 1) field = name;
    return depth === 2 && name.equals(CONTENT_ID) && text.length > 0 ? fieldName(field) : [];
  });
}

/** The name of an attachment field; undefined for any other, which could be anything. */
export function attachmentField(bytes: Buffer): string | undefined {
  if (bytes.length > MAX_NAME_BYTES || bytes.indexOf(ATTACHMENT) !== 0) return undefined;
  const name = bytes.toString("latin1");
  return ATTACHMENT_FIELD.test(name) ? name : undefined;
}

function fieldName(bytes: Buffer = NOTHING): readonly string[] {
  const name = attachmentField(bytes);
  return name === undefined ? [] : [name];
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
