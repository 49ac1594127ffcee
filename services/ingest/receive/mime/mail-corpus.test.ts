// Real: the whole module over messages that the authors of another parser collected. Doubled: nothing. The truth is what that
// parser makes of each, which lies beside it; where something else is found here, the tables below say what and why. The
// messages are no part of the project: where they are not there, the suite is skipped.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { MemoryBudget } from "@flowstate/ghost";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { findDocuments } from "./find-documents.ts";
import { MimeWalk } from "./mime-walk.ts";

const MIB = 1024 * 1024;
const ROOT = resolve(import.meta.dirname, "../../../..");
const CORPUS = join(process.env["FLOWSTATE_CORPORA"] ?? resolve(ROOT, "../shared/corpora"), "mail");

interface Leaf {
  /** In lower case; empty where the message says nothing. */
  readonly type: string;
  readonly hasDisposition: boolean;
  readonly bytes: Buffer;
}

interface ExpectedLeaf extends Leaf {
  readonly kind: "leaf";
  readonly isAttachment: boolean;
}

type ExpectedPart =
  | ExpectedLeaf
  | { readonly kind: "message"; readonly type: "message/rfc822"; readonly isAttachment: boolean };

interface Difference {
  readonly why: string;
  /** Type and decoded length of each leaf that the walk finds. */
  readonly leaves: readonly string[];
  /** How many of the attachments there are found here, byte for byte. */
  readonly attachments: number;
}

const OUTER_ENDS_INNER =
  "A delimiter of the outer multipart ends the inner one (RFC 2046, 5.1.2); there it is taken for text of the inner one.";
const WHOLE_LINES =
  "A delimiter is a whole line, or a document with a line that begins like one would be cut; there the beginning is enough.";
const MULTIPART_WINS =
  "Of two Content-Types the one that opens a multipart counts, or its attachments would be text; there the last one does.";

/** One more is no difference of a single message: an attached message is not handed out itself, because its leaves are. */
const DIFFERENCES: Readonly<Record<string, Difference>> = {
  "rfc/000": {
    why: "Two attachments claim base64 and are prose. There they stay prose; here the letters in them are decoded.",
    leaves: [" 262", "text/plain 111", "audio/basic 45", "image/jpeg 22", "text/enriched 140", "text/plain 48"],
    attachments: 1,
  },
  "malformed/000": {
    why: "Four parts are headers without a blank line. Here they are parts with nothing in them; there they are no parts.",
    leaves: [" 0", "text/plain 0", "text/plain 0", "text/html 0"],
    attachments: 0,
  },
  "malformed/001": { why: WHOLE_LINES, leaves: ["multipart/mixed 0", "text/plain 5"], attachments: 0 },
  "malformed/004": { why: WHOLE_LINES, leaves: ["multipart/mixed 86"], attachments: 0 },
  "malformed/007": {
    why: "A header block ends at its own delimiter. There it runs on, and an attachment of no bytes comes out at the end.",
    leaves: ["text/plain 0"],
    attachments: 0,
  },
  "malformed/009": {
    why: OUTER_ENDS_INNER,
    leaves: ["text/plain 1", "text/plain 2", "text/plain 4"],
    attachments: 0,
  },
  "malformed/011": {
    why: OUTER_ENDS_INNER,
    leaves: ["text/plain 1", "text/plain 2", "text/plain 4"],
    attachments: 0,
  },
  "malformed/012": {
    why: OUTER_ENDS_INNER,
    leaves: ["text/plain 1", "text/plain 2", "text/plain 4"],
    attachments: 0,
  },
  "malformed/016": {
    why: `${WHOLE_LINES} Here the outer delimiter ends both inner multiparts, and what follows is text.`,
    leaves: ["text/plain 1", "text/plain 231"],
    attachments: 0,
  },
  "malformed/018": {
    why: "A byte of windows-1252 is two in the UTF-8 there. Charsets are no business of a walk over bytes.",
    leaves: ["text/plain 232"],
    attachments: 0,
  },
  "malformed/019": {
    why: "Lines that are no fields end a header block here and are the body; there they are fields without a value.",
    leaves: ["text/html 327", "text/html 139", "text/html 292", "text/plain 43", "text/html 44", " 23", " 12"],
    attachments: 0,
  },
  "malformed/020": { why: MULTIPART_WINS, leaves: ["text/html 213", " 0", "image/png 74"], attachments: 1 },
  "malformed/021": { why: MULTIPART_WINS, leaves: ["text/html 264", " 0", "image/png 74"], attachments: 1 },
  "malformed/022": {
    why: "An enclosed message that is none is its text. There the type stays that of a message; the bytes are the same.",
    leaves: ["text/plain 5", " 42"],
    attachments: 0,
  },
};

const ENCLOSED = "An enclosed message is not reported itself: it is walked over, and its attachments are.";
const UNNAMED =
  "Nothing says that it is attached, and it has no name; there everything is an attachment that is no body text.";

/** What is an attachment there and not here, by its type; in the order of the message. All others are the same. */
const NOT_ATTACHED: Readonly<Record<string, readonly (readonly [type: string, why: string])[]>> = {
  "rfc/000": [
    ["audio/basic", UNNAMED],
    ["image/jpeg", UNNAMED],
    ["text/enriched", UNNAMED],
    ["message/rfc822", ENCLOSED],
  ],
  // The two others have names, of files that lie elsewhere.
  "rfc/001": [["message/external-body", UNNAMED]],
  // Its picture is inline, and not a picture by its bytes: it is reported.
  "rfc/002": [["message/rfc822", ENCLOSED]],
  "rfc/003": [
    ["text/enriched", UNNAMED],
    ["application/x-whatever", UNNAMED],
  ],
  "rfc/004": [
    ["message/rfc822", ENCLOSED],
    ["message/rfc822", ENCLOSED],
  ],
  // One of its three pictures says that it is attached.
  "rfc/007": [
    ["image/jpeg", UNNAMED],
    ["image/jpeg", UNNAMED],
    ["application/x-excel", UNNAMED],
    ["message/rfc822", ENCLOSED],
  ],
  "rfc/008": [["message/rfc822", ENCLOSED]],
  "rfc/009": [["message/rfc822", ENCLOSED]],
};

const contentTypeSchema = z.object({ ContentType: z.object({ c_type: z.string(), c_subtype: z.string() }) });
const messageSchema = z.object({
  attachments: z.array(z.int()),
  parts: z.array(
    z.object({
      headers: z.array(z.object({ name: z.unknown(), value: z.unknown() })),
      body: z.record(z.string(), z.unknown()),
    }),
  ),
});

/** The parts of a message as the other parser sees it, those of enclosed messages among them; without the multiparts. */
function expectedParts(json: unknown): ExpectedPart[] {
  const { attachments, parts } = messageSchema.parse(json);
  return parts.flatMap(({ headers, body }, index): ExpectedPart[] => {
    const [[kind, value] = ["", undefined]] = Object.entries(body);
    const isAttachment = attachments.includes(index);
    if (kind === "Multipart") return [];
    if (kind === "Message") {
      return [...expectedParts(value), { kind: "message", type: "message/rfc822", isAttachment }];
    }
    const type = contentTypeSchema.safeParse(headers.findLast(({ name }) => name === "content_type")?.value).data;
    return [
      {
        kind: "leaf",
        type: type === undefined ? "" : `${type.ContentType.c_type}/${type.ContentType.c_subtype}`,
        hasDisposition: headers.some(({ name }) => name === "content_disposition"),
        bytes: bytesOf(value),
        isAttachment,
      },
    ];
  });
}

const isLeaf = (part: ExpectedPart) => part.kind === "leaf";

function bytesOf(value: unknown): Buffer {
  const content = z.string().or(z.array(z.int())).parse(value);
  return typeof content === "string" ? Buffer.from(content) : Buffer.from(content);
}

async function foundLeaves(message: Buffer): Promise<Leaf[]> {
  using walk = new MimeWalk(message, { budget: new MemoryBudget(MIB) });
  const leaves: Leaf[] = [];
  for await (const part of walk.parts()) {
    const pieces: Buffer[] = [];
    await walk.decode(part, (bytes) => {
      pieces.push(Buffer.from(bytes));
      return true;
    });
    const type = part.type.toString("latin1").toLowerCase();
    leaves.push({ type, hasDisposition: part.disposition !== undefined, bytes: Buffer.concat(pieces) });
  }
  expect(walk.exceeded.size).toBe(0);
  return leaves;
}

const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");
const summary = ({ type, hasDisposition, bytes }: Leaf) => [type, hasDisposition, bytes.length, sha256(bytes)];
const withLf = (bytes: Buffer) => Buffer.from(bytes.toString("latin1").replaceAll("\r", ""), "latin1");
const withCrlf = (bytes: Buffer) => Buffer.from(withLf(bytes).toString("latin1").replaceAll("\n", "\r\n"), "latin1");

function casesOf(folder: string) {
  if (!existsSync(CORPUS)) return [];
  const names = readdirSync(join(CORPUS, folder)).filter((name) => name.endsWith(".eml"));
  return names.flatMap((name) => {
    const id = `${folder}/${name.slice(0, -".eml".length)}`;
    const message = readFileSync(join(CORPUS, `${id}.eml`));
    const truth = (suffix: string) => {
      const parts = expectedParts(JSON.parse(readFileSync(join(CORPUS, `${id}${suffix}`), "utf8")));
      return { parts, expected: parts.filter(isLeaf) };
    };
    return [
      { id, lines: "as it is", message, ...truth(".json") },
      { id, lines: "with CRLF", message: withCrlf(message), ...truth(".crlf.json") },
    ];
  });
}

describe.skipIf(!existsSync(CORPUS))(`messages of the corpus${existsSync(CORPUS) ? "" : " (absent: skipped)"}`, () => {
  const cases = ["rfc", "malformed"].flatMap(casesOf);

  it.each(cases.filter(({ id }) => DIFFERENCES[id] === undefined))(
    "$id $lines is what the other parser makes of it",
    async ({ message, expected }) => {
      expect((await foundLeaves(message)).map(summary)).toEqual(expected.map(summary));
    },
  );

  it.each(cases.filter(({ id }) => DIFFERENCES[id] !== undefined))(
    "$id $lines differs as the table says",
    async ({ id, message, expected }) => {
      const found = await foundLeaves(message);
      expect(found.map(summary)).not.toEqual(expected.map(summary));
      const kept = expected.filter(
        (leaf) => leaf.isAttachment && found.some((other) => String(summary(other)) === String(summary(leaf))),
      );
      expect(kept.length).toBe(DIFFERENCES[id]?.attachments);
      const lengths = found.map(
        ({ type, bytes }) => `${type} ${/^image/.test(type) ? bytes.length : withLf(bytes).length}`,
      );
      expect(lengths).toEqual(DIFFERENCES[id]?.leaves);
    },
  );

  it.each(cases.filter(({ id }) => id.startsWith("rfc/")))(
    "$id $lines has the attachments that the other parser sees, but for those of the table",
    async ({ id, message, parts }) => {
      const limits = { maxDocumentBytes: MIB, maxDocuments: 100, budget: new MemoryBudget(MIB) };
      using found = await findDocuments(message, limits);
      const digests = found.documents.map(({ digest }) => digest.toString("hex"));
      const missing = parts.filter((part) => {
        if (!part.isAttachment) return false;
        const at = isLeaf(part) ? digests.indexOf(sha256(part.bytes)) : -1;
        if (at !== -1) digests.splice(at, 1);
        return at === -1;
      });
      expect(digests).toEqual([]);
      expect(missing.map(({ type }) => type)).toEqual((NOT_ATTACHED[id] ?? []).map(([type]) => type));
      // There is no PDF among them.
      expect(found.documents.every(({ refusal }) => refusal === "document_not_pdf")).toBe(true);
    },
  );

  it("has every message of the tables", () => {
    const ids = new Set(cases.map(({ id }) => id));
    const tables = [...Object.keys(DIFFERENCES), ...Object.keys(NOT_ATTACHED)];
    expect(tables.filter((id) => !ids.has(id))).toEqual([]);
    const attachments = cases.flatMap(({ expected }) => expected.filter(({ isAttachment }) => isAttachment));
    expect(attachments.length).toBeGreaterThan(40);
  });
});
