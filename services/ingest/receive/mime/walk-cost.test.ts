// Real: the whole module over hostile and over large messages, the event loop. Doubled: nothing; where turns are counted,
// the count stands in front of the real turn. What a message costs is counted in bytes looked at, not in time.
import { createHash, randomBytes } from "node:crypto";
import { setImmediate as eventLoopTurn } from "node:timers/promises";
import { MemoryBudget } from "@flowstate/ghost";
import { describe, expect, it } from "vitest";
import { MAX_DEPTH } from "./bounds.ts";
import { findDocuments } from "./find-documents.ts";
import { Pace, YIELD_EVERY_BYTES } from "./pace.ts";

const MIB = 1024 * 1024;
/**
 * A delimiter can be compared with every open boundary, and what follows it be looked at as often; besides, every byte is
 * searched, read as header and decoded.
 */
const WORK_FACTOR = 2 * MAX_DEPTH + 10;
/** Parts count for some bytes of their own. */
const WORK_OF_A_PART = 1_024;

const limits = () => ({ maxDocumentBytes: 40 * MIB, maxDocuments: 100, budget: new MemoryBudget(100 * MIB) });

async function costOf(message: Buffer) {
  const pace = new Pace();
  const started = performance.now();
  using found = await findDocuments(message, limits(), pace);
  return {
    work: pace.workBytes,
    ms: performance.now() - started,
    documents: found.documents.map(({ digest }) => digest.toString("hex")),
    exceeded: [...found.exceeded],
  };
}

/** A message of about `size` bytes: a beginning, and a piece that is repeated. */
const repeated = (beginning: string, piece: string, size: number) =>
  Buffer.concat([Buffer.from(beginning, "latin1"), Buffer.alloc(size, piece, "latin1")]);

const open = (levels: number, boundaryOf: (level: number) => string) =>
  Array.from({ length: levels }, (_, level) => {
    const boundary = boundaryOf(level);
    return `Content-Type: multipart/mixed; boundary="${boundary}"\n\n--${boundary}\n`;
  }).join("");

const LONG = "x".repeat(4_000);
const BASE64 = "Content-Transfer-Encoding: base64\n";

/** Each is made to make a reader look again at what it has seen. */
const HOSTILE: readonly [string, (size: number) => Buffer][] = [
  ["sibling delimiters", (size) => repeated("Content-Type: multipart/mixed; boundary=b\n\n", "--b\n", size)],
  [
    "lines of dashes under sixteen boundaries",
    (size) => repeated(`${open(MAX_DEPTH, (n) => `b${n}`)}\n`, "\n--", size),
  ],
  [
    "lines that differ from sixteen long boundaries in the last character",
    (size) => repeated(`${open(MAX_DEPTH, (n) => `${LONG}${String.fromCharCode(0x41 + n)}`)}\n`, `--${LONG}\n`, size),
  ],
  [
    "white space behind delimiters",
    (size) => repeated(`${open(MAX_DEPTH, () => "b")}\n`, `--b${" ".repeat(1_000)}x\n`, size),
  ],
  ["multiparts in multiparts", (size) => repeated("", "Content-Type: multipart/mixed; boundary=b\n\n--b\n", size)],
  [
    "multiparts whose boundary never comes",
    (size) =>
      repeated(
        "Content-Type: multipart/mixed; boundary=b\n\n",
        "--b\nContent-Type: multipart/mixed; boundary=c\n\n",
        size,
      ),
  ],
  ["messages in messages", (size) => repeated("", "Content-Type: message/rfc822\n\n", size)],
  ["messages that claim base64", (size) => repeated("", `Content-Type: message/rfc822\n${BASE64}\n`, size)],
  [
    "header blocks without an end",
    (size) => repeated("Content-Type: multipart/mixed; boundary=b\n\n", `--b\n${"a\n".repeat(200_000)}`, size),
  ],
  ["one header block", (size) => repeated("", "a:\n", size)],
  ["one field", (size) => repeated("Content-Type: multipart/mixed; ", '(a="', size)],
  ["Content-Types", (size) => repeated("", "Content-Type: multipart/mixed; boundary*0=b\n", size)],
  ["padding", (size) => repeated(`Content-Type: application/pdf\n${BASE64}\nJVBERi0x\n`, "QQ==", size)],
  ["padded lines", (size) => repeated(`Content-Type: application/pdf\n${BASE64}\nJVBERi0x\n`, "QQ==\n\n", size)],
  ["what is not base64", (size) => repeated(`Content-Type: application/pdf\n${BASE64}\nJVBERi0x\n`, "!", size)],
  ["equals signs", (size) => repeated("Content-Transfer-Encoding: quoted-printable\n\n%PDF-1", "=  ", size)],
  ["white space", (size) => repeated("Content-Transfer-Encoding: quoted-printable\n\n%PDF-1", " ", size)],
  ["names", (size) => repeated("Content-Disposition: attachment", "; filename=a; filename*=''%61", size)],
  ["pieces of one name", (size) => repeated("Content-Disposition: attachment", "; filename*0*=''%61", size)],
  ["encoded words", (size) => repeated('Content-Disposition: attachment; filename="', "=?a?b?", size)],
  [
    "parts with names of encoded words",
    (size) =>
      repeated(
        "Content-Type: multipart/mixed; boundary=b\n\n",
        `--b\nContent-Disposition: attachment; filename="${"=?a?b?QQ?= ".repeat(1_400)}"\n\n`,
        size,
      ),
  ],
  [
    "attachments that are no documents",
    (size) =>
      repeated(
        "Content-Type: multipart/mixed; boundary=b\n\n",
        `--b\nContent-Type: a/b; name=c\n\n${"x".repeat(2_000)}\n`,
        size,
      ),
  ],
  ["one attachment that is no document", (size) => repeated(`Content-Type: a/b; name=c\n${BASE64}\n`, "QUJD\n", size)],
  [
    "an attachment that is encoded messages in each other",
    (size) => {
      let message = repeated("Content-Type: a/b; name=c\n\n", "x", size);
      for (let level = 0; level < 5; level += 1) {
        const encoded = Buffer.from(message.toString("base64"), "latin1");
        message = Buffer.concat([Buffer.from(`Content-Type: message/rfc822; name=c\n${BASE64}\n`), encoded]);
      }
      return message;
    },
  ],
];

describe("a hostile message", () => {
  it.each(HOSTILE)("of %s costs a bounded number of looks at each byte", async (_name, make) => {
    const [small, large] = [make(MIB / 4), make(2 * MIB)];
    const costs = [await costOf(small), await costOf(large)];
    for (const [index, { work, ms }] of costs.entries()) {
      const { length } = [small, large][index] ?? small;
      expect(work).toBeLessThan(length * WORK_FACTOR + 10_000 * WORK_OF_A_PART);
      // Generous: the dearest takes a tenth of that. Anything quadratic takes minutes.
      expect(ms).toBeLessThan(15_000);
    }
  });

  it.each([
    [
      "siblings",
      `Content-Type: multipart/mixed; boundary=b\n\n${"--b\nX: y\n\nz\n".repeat(9_990)}--b\nX: y\n\n%PDF-1.7\n--b--`,
    ],
    ["siblings in siblings", `${open(8, (n) => `b${n}`)}\n${"--b7\n\nz\n".repeat(9_980)}--b0\n\n%PDF-1.7\n--b0--`],
  ])("of 10,000 delimiters of %s is read to its last part", async (_name, message) => {
    const { work, documents, exceeded } = await costOf(Buffer.from(message));
    expect(documents).toEqual([createHash("sha256").update("%PDF-1.7").digest("hex")]);
    expect(exceeded).toEqual([]);
    expect(work).toBeLessThan(message.length * WORK_FACTOR + 10_000 * WORK_OF_A_PART);
  });

  it("of 10,000 nested multiparts is read as deep as the bound, and says so", async () => {
    const message = open(10_000, (level) => `b${level}`);
    const { work, exceeded } = await costOf(Buffer.from(message));
    expect(exceeded).toEqual(["depth"]);
    expect(work).toBeLessThan(message.length * WORK_FACTOR + 10_000 * WORK_OF_A_PART);
  });
});

describe.each([
  ["document", "%PDF-1.7\n"],
  ["attachment that is no document", "no PDF\n"],
])("a large mail with a %s", (_name, beginning) => {
  const document = Buffer.concat([Buffer.from(beginning), randomBytes(22 * MIB)]);
  const encoded = Buffer.from(document.toString("base64").replace(/.{76}/g, "$&\r\n"), "latin1");
  const message = Buffer.concat([
    Buffer.from(
      `Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n${BASE64}Content-Type: application/pdf\r\n\r\n`,
    ),
    encoded,
    Buffer.from("\r\n--b--\r\n"),
  ]);

  it("of 30 MB lets others have their turn all the time", async () => {
    const atTurns: number[] = [];
    const pace: Pace = new Pace(async () => {
      atTurns.push(pace.workBytes);
      await eventLoopTurn();
    });
    let turnsOfOthers = 0;
    let walking = true;
    const others = (async () => {
      for (; walking; turnsOfOthers += 1) await eventLoopTurn();
    })();
    using found = await findDocuments(message, limits(), pace);
    walking = false;
    await others;
    expect(found.documents.map(({ digest }) => digest)).toEqual([createHash("sha256").update(document).digest()]);
    // Each byte is looked for a delimiter in, and decoded.
    expect(pace.workBytes).toBeGreaterThan(2 * message.length);
    const spans = [...atTurns, pace.workBytes].map((work, index) => work - (atTurns[index - 1] ?? 0));
    expect(Math.max(...spans)).toBeLessThan(2 * YIELD_EVERY_BYTES);
    expect(turnsOfOthers).toBeGreaterThanOrEqual(atTurns.length);
  });
});
