// Real: the walk over whole messages, with everything it stands on. Doubled: the turns of the event loop, where they are
// counted. Messages are written out here or made by a builder that knows nothing of the walk.

import { GhostBytes, MemoryBudget } from "@flowstate/ghost";
import { isZeroed } from "@flowstate/local/testing/zeroed.ts";
import fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import { DEFAULT_LIMITS, MAX_DEPTH, MAX_PARTS } from "./bounds.ts";
import type { FileName } from "./file-name.ts";
import { MimeWalk, type WalkOptions } from "./mime-walk.ts";
import { buildMessage, type Encoding, leavesOf, type Part } from "./testing/build-message.ts";

interface Leaf {
  readonly type: string;
  readonly disposition: string | undefined;
  readonly fileName: FileName | undefined;
  readonly hasContentId: boolean;
  readonly depth: number;
  readonly content: string;
}

async function walk(message: Buffer | string, options: Partial<WalkOptions> = {}) {
  const bytes = typeof message === "string" ? Buffer.from(message, "latin1") : message;
  using mime = new MimeWalk(bytes, { budget: new MemoryBudget(2 ** 30), ...options });
  const leaves: Leaf[] = [];
  for await (const part of mime.parts()) {
    const pieces: Buffer[] = [];
    await mime.decode(part, (piece) => {
      pieces.push(Buffer.from(piece));
      return true;
    });
    const { disposition, fileName, hasContentId, depth } = part;
    const content = Buffer.concat(pieces).toString("latin1");
    leaves.push({ type: part.type.toString("latin1"), disposition, fileName, hasContentId, depth, content });
  }
  return { leaves, exceeded: [...mime.exceeded] };
}

const contentsOf = async (message: string) => (await walk(message)).leaves.map(({ content }) => content);

/** A multipart of plain parts. */
const mixed = (boundary: string, ...parts: string[]) =>
  `Content-Type: multipart/mixed; boundary="${boundary}"\n\n${parts.map((part) => `--${boundary}\n${part}\n`).join("")}--${boundary}--`;
const rfc822 = (message: string, fields = "") => `Content-Type: message/rfc822\n${fields}\n${message}`;
const base64 = (text: string) => Buffer.from(text, "latin1").toString("base64").replace(/.{60}/g, "$&\n");
const quotedPrintable = (text: string) => text.replaceAll("=", "=3D");

describe("walking over a message", () => {
  const TWO = mixed("b", "\none", "\ntwo");
  it.each<[string, string, string[]]>([
    ["a message without structure", "Subject: x\n\nhello\n", ["hello\n"]],
    ["a message of headers only", "Subject: x\n", [""]],
    ["nothing", "", [""]],
    ["a body only", "hello", ["hello"]],
    ["parts in order", TWO, ["one", "two"]],
    ["CRLF", TWO.replaceAll("\n", "\r\n"), ["one", "two"]],
    ["line ends that are content", mixed("b", "\n\none\n", "\ntwo\r\n\n"), ["\none\n", "two\r\n\n"]],
    ["an empty part", mixed("b", "", "\n", "Content-Type: a/b", "Content-Type: a/b\n"), ["", "", "", ""]],
    ["a preamble and an epilogue", `${TWO.replace("\n\n--b", "\n\nbefore\n--b")}\nafter\n--b\n\nmore`, ["one", "two"]],
    ["white space behind delimiters", TWO.replaceAll(/^--b.*$/gm, "$& \t "), ["one", "two"]],
    ["no end of the multipart", TWO.replace("--b--", ""), ["one", "two\n"]],
    ["a delimiter at the very end", TWO.replace("--b--", "--b\n"), ["one", "two"]],
    ["a boundary of special characters", TWO.replaceAll(/(?<=--|")b(?=["\n-])/g, "=_?'()+,./:b"), ["one", "two"]],
    ["a boundary that ends in dashes", mixed("b--", "\none", "\ntwo"), ["one", "two"]],
    ["a long boundary", mixed("b".repeat(252), "\none", "\ntwo"), ["one", "two"]],
    ["no boundary", "Content-Type: multipart/mixed\n\n--b\n\none", ["--b\n\none"]],
    ["a boundary that never comes", TWO.replaceAll("--b", "--c"), ["--c\n\none\n--c\n\ntwo\n--c--"]],
    ["a multipart that is empty", mixed("b"), []],
    [
      "a line that begins like a delimiter",
      mixed("b", "\n--bb\n-- b\n--b-\n--b--b\n --b"),
      ["--bb\n-- b\n--b-\n--b--b\n --b"],
    ],
    [
      "a boundary that another one begins with",
      mixed("b", mixed("bb", "\none", "\ntwo"), "\nthree"),
      ["one", "two", "three"],
    ],
    [
      "a boundary that begins with another one",
      mixed("bb", mixed("b", "\none", "\ntwo"), "\nthree"),
      ["one", "two", "three"],
    ],
    ["one boundary on two levels", mixed("b", mixed("b", "\none", "\ntwo"), "\nthree"), ["one", "two", "three"]],
    [
      "an inner multipart that the outer one ends",
      mixed("a", mixed("b", "\none").replace("--b--", ""), "\ntwo"),
      ["one\n", "two"],
    ],
    ["an inner epilogue", mixed("a", `${TWO}\nnothing\n--b\n\nnothing`, "\nthree"), ["one", "two", "three"]],
    ["an enclosed message", mixed("a", rfc822(TWO), "\nthree"), ["one", "two", "three"]],
    ["an enclosed message that is the message", rfc822(rfc822(TWO)), ["one", "two"]],
    ["an enclosed message without a body", mixed("a", rfc822("Subject: x"), rfc822(""), "\nthree"), ["", "", "three"]],
    ["an enclosed message behind blank lines", mixed("a", rfc822(`\n\r\n${TWO}`), "\nthree"), ["one", "two", "three"]],
    ["an enclosed message that is none", mixed("a", rfc822("sorry!"), "\nthree"), ["sorry!", "three"]],
    [
      "a global message",
      mixed("a", TWO.replace(/^/, "Content-Type: MESSAGE/global\n\n"), "\nthree"),
      ["one", "two", "three"],
    ],
    [
      "an enclosed message in base64",
      mixed("a", rfc822(base64(TWO), "Content-Transfer-Encoding: base64\n"), "\nthree"),
      ["one", "two", "three"],
    ],
    [
      "an enclosed message in quoted-printable",
      mixed("a", rfc822(quotedPrintable(TWO), "Content-Transfer-Encoding: Quoted-Printable\n"), "\nthree"),
      ["one", "two", "three"],
    ],
    [
      "an enclosed message that only claims base64",
      mixed("a", rfc822(TWO, "Content-Transfer-Encoding: base64\n"), "\nthree"),
      ["one", "two", "three"],
    ],
    [
      "an enclosed message that only claims quoted-printable",
      mixed("a", rfc822(TWO, "Content-Transfer-Encoding: quoted-printable\n"), "\nthree"),
      ["one", "two", "three"],
    ],
    ["a multipart that claims an encoding", `Content-Transfer-Encoding: base64\n${TWO}`, ["one", "two"]],
    [
      "a digest",
      mixed(
        "b",
        "\nSubject: x\n\none",
        `\n${mixed("c", "\ntwo", "\nthree")}`,
        "Content-Type: text/plain\n\nfour",
      ).replace("mixed", "digest"),
      ["one", "two", "three", "four"],
    ],
    ["a delivery status", mixed("b", "Content-Type: message/delivery-status\n\nStatus: 5.0.0"), ["Status: 5.0.0"]],
    [
      "an external body",
      mixed("b", "Content-Type: message/external-body; access-type=local-file\n\nContent-Type: a/b\n"),
      ["Content-Type: a/b\n"],
    ],
  ])("hands out %s", async (_name, message, contents) => {
    expect(await walk(message)).toMatchObject({ leaves: contents.map((content) => ({ content })), exceeded: [] });
  });

  it("says what each part says of itself, and how deep it lies", async () => {
    const pdf =
      "Content-Type: Application/PDF; name=x\nContent-ID: <x>\nContent-Disposition: inline\nContent-Transfer-Encoding: base64\n\nQQ==";
    const attached = "Content-Disposition: attachment\n\nB";
    const { leaves } = await walk(mixed("a", "\nC", mixed("b", rfc822(pdf)), attached));
    const silent = { type: "", disposition: undefined, fileName: undefined, hasContentId: false };
    const fileName = { bytes: 1, endsInPdf: false, endsInEml: false };
    expect(leaves).toEqual([
      { ...silent, depth: 1, content: "C" },
      { type: "Application/PDF", disposition: "other", fileName, hasContentId: true, depth: 3, content: "A" },
      { ...silent, disposition: "attachment", depth: 1, content: "B" },
    ]);
  });

  it.each<[Encoding, string, string]>([
    ["7bit", "a=3D\x80", "a=3D\x80"],
    ["8bit", "a=3D\x80", "a=3D\x80"],
    ["binary", "a\0\r\rb", "a\0\r\rb"],
    ["x-unknown", "QQ==", "QQ=="],
    ["base64", "Q Q = =", "A"],
    ["quoted-printable", "a=3d=\nb", "a=b"],
  ])("decodes %s", async (encoding, body, content) => {
    expect(await contentsOf(`Content-Transfer-Encoding: ${encoding}\n\n${body}`)).toEqual([content]);
  });

  it("stops decoding when it is told to", async () => {
    using mime = new MimeWalk(Buffer.alloc(1_000, "x"), { budget: new MemoryBudget(0), scratchBytes: 100 });
    const taken: number[] = [];
    for await (const part of mime.parts()) await mime.decode(part, ({ length }) => taken.push(length) < 3);
    expect(taken).toEqual([100, 100, 100]);
  });

  it("names the memory that a budget had not for an encoded message, and goes on behind it", async () => {
    const message = mixed("a", rfc822(base64("x\n\none"), "Content-Transfer-Encoding: base64\n"), "\ntwo");
    const budget = new MemoryBudget(5);
    expect(await walk(message, { budget })).toMatchObject({ leaves: [{ content: "two" }], exceeded: ["memory"] });
    expect(budget.reservedBytes).toBe(0);
  });

  it.each(["to its end", "until the reader leaves", "until the reader fails"])(
    "wipes what it decoded %s",
    async (until) => {
      const made: { readonly bytes: GhostBytes; readonly view: Buffer }[] = [];
      const { taking, withCapacity } = GhostBytes;
      GhostBytes.taking = (source) => {
        const bytes = taking(source);
        made.push({ bytes, view: bytes.view() });
        return bytes;
      };
      GhostBytes.withCapacity = (capacity) => {
        const bytes = withCapacity(capacity);
        const { append } = bytes;
        bytes.append = (more) => {
          append.call(bytes, more);
          made.push({ bytes, view: bytes.view() });
        };
        return bytes;
      };
      onTestFinished(() => void Object.assign(GhostBytes, { taking, withCapacity }));

      const inner = rfc822(base64("Subject: x\n\ncanary"), "Content-Transfer-Encoding: base64\n");
      const message = Buffer.from(rfc822(base64(inner), "Content-Transfer-Encoding: base64\n"), "latin1");
      const budget = new MemoryBudget(1_000);
      const walkOver = async () => {
        using mime = new MimeWalk(message, { budget });
        for await (const part of mime.parts()) {
          await mime.decode(part, () => undefined);
          expect(made.some(({ view }) => view.includes("canary"))).toBe(true);
          if (until === "until the reader leaves") break;
          if (until === "until the reader fails") throw new Error("the reader failed");
        }
      };
      if (until === "until the reader fails") await expect(walkOver()).rejects.toThrow("the reader failed");
      else await walkOver();
      expect(made.length).toBeGreaterThanOrEqual(3);
      expect(made.every(({ bytes, view }) => bytes.wiped && isZeroed(view))).toBe(true);
      expect(budget.reservedBytes).toBe(0);
    },
  );

  it("leaves the message as it was", async () => {
    const message = Buffer.from(mixed("a", rfc822(TWO), rfc822(base64(TWO), "Content-Transfer-Encoding: base64\n")));
    const before = Buffer.from(message);
    await walk(message);
    expect(message).toEqual(before);
  });
});

describe("bounds of a message", () => {
  const nested = (depth: number, way: "multipart" | "message" | "base64") => {
    let message = "Subject: x\n\ndeepest";
    for (let level = 0; level < depth; level += 1) {
      if (way === "multipart") message = mixed(`b${level}`, message);
      else if (way === "message") message = rfc822(message);
      else message = rfc822(base64(message), "Content-Transfer-Encoding: base64\n");
    }
    return message;
  };

  it.each(["multipart", "message", "base64"] as const)("let a %s be nested so deep and no deeper", async (way) => {
    const { leaves, exceeded } = await walk(nested(MAX_DEPTH, way));
    expect(leaves).toMatchObject([{ depth: MAX_DEPTH, content: "deepest" }]);
    expect(exceeded).toEqual([]);
    expect(await walk(nested(MAX_DEPTH + 1, way))).toMatchObject({
      leaves: [{ depth: MAX_DEPTH }],
      exceeded: ["depth"],
    });
  });

  it("do not keep what lies behind something too deep from being found", async () => {
    const { leaves, exceeded } = await walk(mixed("outer", nested(MAX_DEPTH, "multipart"), "\nbehind"));
    expect(leaves.at(-1)?.content).toBe("behind");
    expect(exceeded).toEqual(["depth"]);
  });

  it("let a message have so many parts and no more", async () => {
    const message = (parts: number) => `Content-Type: multipart/mixed; boundary=b\n\n${"--b\n\nx\n".repeat(parts)}`;
    // The multipart itself is one of them.
    const { leaves, exceeded } = await walk(message(MAX_PARTS - 1));
    expect([leaves.length, exceeded]).toEqual([MAX_PARTS - 1, []]);
    const over = await walk(message(MAX_PARTS));
    expect([over.leaves.length, over.exceeded]).toEqual([MAX_PARTS - 1, ["parts"]]);
  });

  it.each(["Content-Type: a/b; name", "Content-Disposition: attachment; filename"])(
    "let a name in %s be so long and no longer, however it is wrapped",
    async (parameter) => {
      const leaf = (value: string) => mixed("b", `${parameter}${value}\n\nx`);
      const { maxFilenameBytes } = DEFAULT_LIMITS;
      for (const way of [(name: string) => `="${name}"`, (name: string) => `*=''${name.replaceAll("x", "%78")}`]) {
        expect(await walk(leaf(way("x".repeat(maxFilenameBytes))))).toMatchObject({ exceeded: [] });
        const over = await walk(leaf(way("x".repeat(maxFilenameBytes + 1))));
        expect(over).toMatchObject({ leaves: [{ content: "x" }], exceeded: ["filename_bytes"] });
      }
    },
  );
});

describe("any message that can be built", () => {
  const encoding = fc.constantFrom<Encoding>("7bit", "8bit", "binary", "x-unknown", "base64", "quoted-printable");
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array)),
    fc
      .array(fc.constantFrom("\r", "\n", "--", "-", "a", " ", "=", "Content-Type: a/b", ":", "=3D", "%PDF-"), {
        maxLength: 30,
      })
      .map((text) => Buffer.from(text.join(""))),
  );
  const { part } = fc.letrec<{ part: Part; leaf: Part; multipart: Part; message: Part }>((tie) => ({
    part: fc.oneof({ maxDepth: 4, withCrossShrink: true }, tie("leaf"), tie("multipart"), tie("message")),
    leaf: fc.record(
      {
        kind: fc.constant("leaf" as const),
        bytes,
        encoding,
        type: fc.constantFrom("application/pdf", "text/plain", "TEXT/html", "message/partial"),
        disposition: fc.constantFrom("attachment; filename=x", "inline"),
      },
      { requiredKeys: ["kind", "bytes", "encoding"] },
    ),
    multipart: fc.record({
      kind: fc.constant("multipart" as const),
      parts: fc.array(tie("part"), { maxLength: 4 }),
      closed: fc.boolean(),
      filler: fc.boolean(),
    }),
    message: fc.record({ kind: fc.constant("message" as const), part: tie("part"), encoding }),
  }));
  const RUNS = { numRuns: 500 };

  it("gives back its leaves byte for byte, whatever lines end in and however much is decoded at a time", async () => {
    await fc.assert(
      fc.asyncProperty(
        part,
        fc.infiniteStream(fc.nat()),
        fc.integer({ min: 3, max: 300 }),
        async (built, numbers, scratchBytes) => {
          const message = buildMessage(built, (count) => (numbers.next().value ?? 0) % count);
          const { leaves, exceeded } = await walk(message, { scratchBytes });
          const expected = leavesOf(built).map((leaf) => [leaf.type ?? "", leaf.bytes.toString("latin1")]);
          expect(leaves.map(({ type, content }) => [type, content])).toEqual(expected);
          expect(exceeded).toEqual([]);
        },
      ),
      RUNS,
    );
  });

  it("is read to some end, no byte of it twice, when it is cut off or garbled", async () => {
    await fc.assert(
      fc.asyncProperty(
        part,
        fc.infiniteStream(fc.nat()),
        fc.array(fc.tuple(fc.nat(), fc.constantFrom(0x0a, 0x0d, 0x2d, 0x3a, 0x20, 0x3d, 0x22, 0x41, 0x00))),
        fc.nat(),
        async (built, numbers, changes, cut) => {
          const whole = buildMessage(built, (count) => (numbers.next().value ?? 0) % count);
          for (const [at, byte] of changes) whole[at % whole.length] = byte;
          const message = whole.subarray(0, cut % (whole.length + 1));
          using mime = new MimeWalk(message, { budget: new MemoryBudget(2 ** 30) });
          let seenUntil = 0;
          for await (const { body } of mime.parts()) {
            // Parts of a message that was encoded lie elsewhere.
            if (body.buffer !== message.buffer) continue;
            const start = body.byteOffset - message.byteOffset;
            expect(start).toBeGreaterThanOrEqual(seenUntil);
            seenUntil = start + body.length;
            expect(seenUntil).toBeLessThanOrEqual(message.length);
          }
        },
      ),
      RUNS,
    );
  });

  it("may be no message at all", async () => {
    const piece = fc.constantFrom(
      "--b",
      "--b--",
      "\n",
      "\r\n",
      "\r",
      "Content-Type: multipart/mixed; boundary=b",
      "Content-Type: message/rfc822",
      "Content-Transfer-Encoding: base64",
      "Content-Transfer-Encoding: quoted-printable",
      "QUJD",
      "=",
      "=\n",
      " ",
      ":",
      '"',
      "boundary*0=b;",
      "\xff",
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 60 }), async (pieces) => {
        expect((await walk(pieces.join(""))).leaves.length).toBeLessThanOrEqual(pieces.length + 1);
      }),
      RUNS,
    );
  });
});
