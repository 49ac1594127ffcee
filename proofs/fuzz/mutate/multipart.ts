import type { Random } from "../../crash/plan/random.ts";
import { CANARY } from "../checks/canary.ts";
import type { Mutator } from "./mutator.ts";

/** Mutations of multipart/form-data that keep it one: parts are moved, doubled, renamed, made to look like each other. */

const NAMES = [
  "envelope",
  "headers",
  "attachments",
  "attachment-info",
  "content-ids",
  "charsets",
  "SPF",
  "dkim",
  "email",
  "attachment1",
  "attachment2",
  "attachment01",
  "attachment999999999999",
  "Envelope",
  "envelope ",
  "__proto__",
  "",
  CANARY,
];
const PART_HEADERS = [
  "Content-Transfer-Encoding: base64",
  "Content-Transfer-Encoding: quoted-printable",
  "Content-Transfer-Encoding: x-uuencode",
  "Content-Type: message/rfc822",
  "Content-Type: application/pdf",
  "Content-Type: multipart/mixed; boundary=xYzZY",
  'Content-Disposition: form-data; name="envelope"',
  `Content-Disposition: form-data; name="a"; filename="${CANARY}"`,
  "Content-Disposition: form-data; name=a; filename*=utf-8''%ff%00",
  `X-Other: ${CANARY}`,
  "Content-Type: text/plain; charset=utf-7",
];
const MANY = 1_500;

/** A body as boundary and what stands between the delimiters; undefined when no boundary leads. */
function partsOf(body: Buffer): { readonly boundary: string; readonly parts: string[] } | undefined {
  const text = body.toString("latin1");
  const boundary = /^--([^\r\n]{1,70})\r\n/.exec(text)?.[1];
  if (boundary === undefined) return undefined;
  const [, ...parts] = text.split(`--${boundary}`);
  // Behind the closing delimiter.
  if (parts.at(-1)?.startsWith("--")) parts.pop();
  return { boundary, parts };
}

function ofParts(change: (parts: string[], at: number, random: Random) => void): Mutator {
  return (input, random) => {
    const body = partsOf(input);
    if (body === undefined || body.parts.length === 0) return input;
    change(body.parts, random.whole(0, body.parts.length - 1), random);
    return Buffer.from(
      `${body.parts.map((part) => `--${body.boundary}${part}`).join("")}--${body.boundary}--\r\n`,
      "latin1",
    );
  };
}

const dropPart = ofParts((parts, at) => void parts.splice(at, 1));
const doublePart = ofParts((parts, at) => void parts.splice(at, 0, parts[at] ?? ""));
const movePart = ofParts((parts, at, random) => {
  parts.splice(random.whole(0, parts.length - 1), 0, ...parts.splice(at, 1));
});
const renamePart = ofParts((parts, at, random) => {
  parts[at] = (parts[at] ?? "").replace(/name="[^"]*"/, () => `name="${random.one(NAMES)}"`);
});
const oneHeaderMore = ofParts((parts, at, random) => {
  parts[at] = (parts[at] ?? "").replace("\r\n", () => `\r\n${random.one(PART_HEADERS)}\r\n`);
});
const withoutHead = ofParts((parts, at) => {
  parts[at] = (parts[at] ?? "").replace(/\r\n[\s\S]*?\r\n\r\n/, "\r\n\r\n");
});
const manyParts = ofParts((parts, at, random) => {
  const small = (parts[at] ?? "").slice(0, 120);
  parts.push(
    ...Array.from({ length: random.whole(10, MANY) }, () => (small.endsWith("\r\n") ? small : `${small}\r\n`)),
  );
});
/** SendGrid's boundary is public: whoever writes a mail can put a delimiter into it. */
const delimiterInside = ofParts((parts, at, random) => {
  const fake = '\r\n--xYzZY\r\nContent-Disposition: form-data; name="envelope"\r\n\r\n{"to":["other@victim.example"]}';
  const part = parts[at] ?? "";
  const cut = random.whole(0, part.length);
  parts[at] = `${part.slice(0, cut)}${fake}${part.slice(cut)}`;
});

export const MULTIPART_MUTATORS: readonly Mutator[] = [
  dropPart,
  doublePart,
  movePart,
  renamePart,
  renamePart,
  oneHeaderMore,
  withoutHead,
  manyParts,
  delimiterInside,
];
