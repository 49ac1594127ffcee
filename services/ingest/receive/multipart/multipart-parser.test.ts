// Real: the parser. Doubled: nothing; bodies are written out here byte by byte. `--b` is the delimiter if nothing else is said.
import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { ascii } from "../mime/ascii.ts";
import { MAX_PADDING_BYTES } from "./delimiter-line.ts";
import { MultipartParser, type PartSink } from "./multipart-parser.ts";
import { bodyOf, LIMITS, type Outcome, readParts } from "./testing/read-parts.ts";

const HEAD = 'Content-Disposition: form-data; name="n"\r\n';
const KIB = 1024;

const contentsOf = ({ parts, fault }: Outcome) => fault ?? parts.map(({ content }) => content.toString("latin1"));
/** Reads it whole and byte by byte, which must come to the same. */
function contentsIn(body: string): string | string[] {
  const contents = contentsOf(readParts(body));
  expect(contentsOf(readParts(body, () => 1))).toEqual(contents);
  return contents;
}

/** Whether content between two delimiters would itself be taken for one. */
const holdsDelimiter = (content: string) => /\r\n--b(?:--)?[ \t]*\r\n/.test(`\r\n${content}\r\n--b\r\n`.slice(0, -2));

describe("a body", () => {
  it.each<[string, string, string[]]>([
    ["with one part", `--b\r\n${HEAD}\r\nx\r\n--b--\r\n`, ["x"]],
    ["without parts", "--b--\r\n", []],
    ["without a line break at its end", `--b\r\n${HEAD}\r\nx\r\n--b--`, ["x"]],
    ["that ends in half a line break", `--b\r\n${HEAD}\r\nx\r\n--b--\r`, ["x"]],
    ["with blanks behind its boundaries", `--b \t\r\n${HEAD}\r\nx\r\n--b\t\r\n${HEAD}\r\ny\r\n--b-- `, ["x", "y"]],
    ["with a preamble", `for old readers\r\n- -b--\r\n\r\n--b\r\n${HEAD}\r\nx\r\n--b--\r\n`, ["x"]],
    ["with an epilogue", `--b\r\n${HEAD}\r\nx\r\n--b--\r\nand\r\n--bcd and more`, ["x"]],
    ["with a part of no bytes", `--b\r\n${HEAD}\r\n\r\n--b--\r\n`, [""]],
    ["with a part of no bytes and no line break", `--b\r\n${HEAD}\r\n--b\r\n${HEAD}\r\n--b--`, ["", ""]],
    ["with line breaks around content", `--b\r\n${HEAD}\r\n\r\n\r\nx\r\n\r\n--b--`, ["\r\n\r\nx\r\n"]],
  ])("%s is read", (_name, body, contents) => {
    expect(contentsIn(body)).toEqual(contents);
  });

  it.each<[string, string]>([
    ["of no bytes", ""],
    ["without its closing delimiter", `--b\r\n${HEAD}\r\nx\r\n--b\r\n`],
    ["that ends within content", `--b\r\n${HEAD}\r\nx`],
    ["that ends within a header", "--b\r\nContent-Disp"],
    ["that ends within its closing delimiter", `--b\r\n${HEAD}\r\nx\r\n--b-`],
    ["with one dash behind its boundary", "--b-\r\n"],
    ["with another boundary", `--c\r\n${HEAD}\r\nx\r\n--c--\r\n`],
    ["whose first delimiter is damaged", `--xb\r\n${HEAD}\r\nx\r\n--b\r\n${HEAD}\r\ny\r\n--b--\r\n`],
    ["whose lines end with LF", `--b\n${HEAD}\r\nx\n--b--\n`],
    ["with a part behind its closing delimiter", `--b\r\n${HEAD}\r\nx\r\n--b--\r\n--b\r\n${HEAD}\r\ny\r\n--b--\r\n`],
    ["that is closed twice", `--b\r\n${HEAD}\r\nx\r\n--b--\r\n\r\n--b--`],
    ["with a part that has no header", "--b\r\n\r\nx\r\n--b--\r\n"],
    ["with a header whose line ends with LF", `--b\r\n${HEAD.slice(0, -2)}\n\r\nx\r\n--b--\r\n`],
    ["with a CR in a header", `--b\r\nX: a\rb\r\n${HEAD}\r\nx\r\n--b--\r\n`],
    ["with a blank line that is none", `--b\r\n${HEAD}\r\rx\r\n\r\n--b--\r\n`],
  ])("%s is malformed", (_name, body) => {
    expect(contentsIn(body)).toBe("malformed");
  });

  it.each([
    "\r\n--bc",
    "\r\n--b-",
    "\r\n--b--c",
    "\r\n--b- -\r\n",
    "\r\n--b -\r\n",
    "\r\n--b\n",
    "\r\n--b\r",
    "\r\n--b\r\r\n",
    "\r\n--b--\r",
    "\r--b\r\n",
    "\n--b\r\n",
    "\r\n-b\r\n",
    "\r\n --b\r\n",
    "\r\r\n--bb\r\n",
    "\r\n--\r\n--\r\n--b-\r\n--b \r",
  ])("keeps content that is nearly a delimiter: %j", (near) => {
    for (const content of [near, `%PDF${near}`, `${near}%%EOF`, near + near]) {
      // What makes it a whole one is not part of the content.
      if (!holdsDelimiter(content))
        expect(contentsIn(bodyOf([content, "z"]).toString("latin1"))).toEqual([content, "z"]);
    }
    expect(holdsDelimiter(`%PDF${near}%%EOF`)).toBe(false);
  });

  it("has at most so many blanks behind a boundary, and more of them are content", () => {
    const padded = (blanks: number) => bodyOf([`x\r\n--b${"\t".repeat(blanks)}\r\n${HEAD}\r\ny`]).toString("latin1");
    expect(contentsIn(padded(MAX_PADDING_BYTES))).toEqual(["x", "y"]);
    expect(contentsIn(padded(MAX_PADDING_BYTES + 1))).toEqual([expect.stringContaining("y")]);
  });

  it("with a boundary of 252 bytes is read", () => {
    const boundary = "-".repeat(200) + "x".repeat(52);
    const content = `\r\n--${boundary.slice(0, -1)}\r\n--${boundary}x\r\n--${boundary.slice(1)}`;
    for (const chunkBytes of [1, 100, 254, 255, 10_000]) {
      expect(contentsOf(readParts(bodyOf([content, "y"], boundary), () => chunkBytes, { boundary }))).toEqual([
        content,
        "y",
      ]);
    }
  });

  it("gives the parts that `open` takes, whatever the others are", () => {
    const taken: string[] = [];
    const parser = new MultipartParser(ascii("b"), LIMITS, ({ name }) =>
      name.equals(ascii("yes")) ? { take: (bytes) => taken.push(bytes.toString("latin1")), end: () => {} } : undefined,
    );
    const part = (name: string, content: string) => `--b\r\n${HEAD.replace('="n', `="${name}`)}\r\n${content}\r\n`;
    const encoded = part("no", "!").replace("\r\n", "\r\nContent-Transfer-Encoding: base64\r\n");
    parser.write(Buffer.from(`${part("no", "a")}${part("yes", "b")}${encoded}${part("yes", "d")}--b--`));
    parser.end();
    expect(taken).toEqual(["b", "d"]);
  });

  it("says of a part that it is complete when its delimiter has come, and not before", () => {
    const body = bodyOf(["x"]).toString("latin1");
    const cut = body.indexOf("--b--");
    expect(readParts(body.slice(0, cut + 3)).parts).toMatchObject([{ ended: false }]);
    expect(readParts(`${body.slice(0, cut + 3)}\r\n`).parts).toMatchObject([{ ended: true }]);
    expect(readParts(body.slice(0, cut + 5)).parts).toMatchObject([{ ended: true }]);
  });
});

describe("chunks", () => {
  const body = bodyOf(["x\r\n--b-\r\n\r\n--bb", "", "\r\n--b \r", `\r\n${"\r\n--".repeat(9)}`]);
  const whole = readParts(body);

  it("may end anywhere", () => {
    expect(whole.fault).toBeUndefined();
    for (let cut = 0; cut <= body.length; cut += 1) {
      let chunks = 0;
      const outcome = readParts(body, () => (chunks++ === 0 ? Math.max(cut, 1) : body.length));
      expect(outcome).toEqual(whole);
    }
    expect(readParts(body, () => 1)).toEqual(whole);
  });

  it("of any sizes give the parts back exactly, whatever they hold", () => {
    const piece = fc.oneof(
      fc.constantFrom("\r\n--b", "\r\n--", "--b", "--", "-", "\r", "\n", "\r\n", " ", "\t", "b", "c", "\r\n--b--"),
      fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString("latin1")),
    );
    const content = fc
      .array(piece, { maxLength: 12 })
      .map((pieces) => pieces.join(""))
      .filter((text) => !holdsDelimiter(text));
    fc.assert(
      fc.property(
        fc.array(content, { maxLength: 6 }),
        fc.infiniteStream(fc.integer({ min: 1, max: 30 })),
        (contents, sizes) => {
          const outcome = readParts(bodyOf(contents), () => sizes.next().value ?? 1);
          expect(contentsOf(outcome)).toEqual(contents);
          expect(outcome.parts.every(({ ended }) => ended)).toBe(true);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it("of any sizes make no difference to a body of anything", () => {
    const piece = fc.constantFrom("--b", "\r\n--b\r\n", "\r\n--b--\r\n", "\r\n", HEAD, "\r\n\r\n", "x", "\r", "-", " ");
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 25 }), fc.integer({ min: 1, max: 20 }), (pieces, chunkBytes) => {
        const text = pieces.join("");
        const [all, cut] = [readParts(text), readParts(text, () => chunkBytes)];
        expect(cut.fault).toBe(all.fault);
        expect(cut.parts.filter(({ ended }) => ended)).toEqual(all.parts.filter(({ ended }) => ended));
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("limits", () => {
  const field = (name: string) => `--b\r\nContent-Disposition: form-data; name=${name}\r\n\r\n\r\n`;
  const file = (filename: string) => `--b\r\nContent-Disposition: form-data; name=f; filename=${filename}\r\n\r\n\r\n`;
  const limits = { maxParts: 3, maxFields: 2, maxPartHeaderBytes: 100, maxFilenameBytes: 5 };
  /** A header block of so many bytes, the blank line included. */
  const block = (bytes: number) => {
    const padded = (filler: string) => `Content-Disposition: form-data; name=f\r\nX: ${filler}\r\n\r\n`;
    return `--b\r\n${padded("x".repeat(bytes - padded("").length))}\r\n`;
  };

  it.each<[string, string, "over_limits" | undefined]>([
    ["as many parts as allowed", `${field("a")}${field("b")}${file("c")}`, undefined],
    ["one part more", file("a").repeat(4), "over_limits"],
    ["one field more", field("a").repeat(3), "over_limits"],
    ["a file name as long as allowed", file("12345"), undefined],
    ["a longer file name", file("123456"), "over_limits"],
    ["a header block as long as allowed", block(100), undefined],
    ["a longer header block", block(101), "over_limits"],
    ["a header block without an end", `--b\r\n${"X".repeat(1_000)}`, "over_limits"],
  ])("hold for %s", (_name, parts, fault) => {
    for (const chunkBytes of [1, 7, 10_000]) {
      const outcome = readParts(`${parts}--b--`, () => chunkBytes, { limits });
      expect(outcome.fault).toBe(fault);
    }
  });
});

describe("content", () => {
  it("is handed on where it lies, without a copy", () => {
    const chunk = bodyOf([Buffer.alloc(5_000, "\r\n--bx"), "second\r\n--"]);
    const taken: Buffer[] = [];
    const parser = new MultipartParser(ascii("b"), LIMITS, () => ({
      take: (bytes) => taken.push(bytes),
      end: () => {},
    }));
    parser.write(chunk);
    parser.end();
    expect(taken.map(({ length }) => length)).toEqual([5_000, 10]);
    expect(taken.every(({ buffer }) => buffer === chunk.buffer)).toBe(true);
  });

  const SECRET = `--b\r\n${HEAD}\r\nsecret\r\n`;
  const BASE64 = `--b\r\nContent-Transfer-Encoding: base64\r\n${HEAD}\r\nc2VjcmV0c2VjcmV0`;

  it.each<[string, string, string | undefined]>([
    ["a damaged body", `${SECRET}--b--\r\n--b\r\n`, "multipart body malformed"],
    ["a damaged header", `${SECRET}--b\r\n${HEAD}secret: a\rb\r\n`, "multipart body malformed"],
    ["damaged base64", `${BASE64}!secret\r\n--b\r\n`, "multipart body malformed"],
    ["a callback that throws", `--b\r\n${HEAD.replace('n"', 'throw"')}\r\nsecret`, "refused"],
    ["an abort within a header", `${SECRET}--b\r\nsecret: secr`, undefined],
    ["an abort within what may be a delimiter", `${SECRET}--b --\r\n--b  \t  \r`, undefined],
    ["an abort within base64", BASE64, undefined],
    ["an abort after base64", `${BASE64}\r\n--b\r\n`, undefined],
  ])("leaves nothing behind after %s", (_name, body, fault) => {
    const held = heldMemory();
    const parser = new MultipartParser(held.boundary, LIMITS, ({ name, contentType }) => {
      held.views.push(name, contentType);
      if (name.equals(Buffer.from("throw"))) throw new Error("refused");
      return { take: () => {}, end: () => {} };
    });
    const write = () => {
      for (const byte of Buffer.from(body, "latin1")) parser.write(Buffer.from([byte]));
    };
    if (fault === undefined) {
      write();
      expect(held.isZero()).toBe(false);
      parser[Symbol.dispose]();
    } else expect(write).toThrow(fault);
    expect(held.views.length).toBeGreaterThanOrEqual(5);
    expect(held.isZero()).toBe(true);
    expect(() => parser.write(Buffer.from("x"))).toThrow("after its end");
    expect(() => parser.end()).toThrow("after its end");
  });

  it.each([
    ["complete", bodyOf(["secret", "\r\n--b --", "secret"]).toString("latin1")],
    ["incomplete", `${SECRET}--b --\r\n--b  \t  \r`],
  ])("leaves nothing behind when the body ends and is %s", (name, body) => {
    const held = heldMemory();
    const parser = new MultipartParser(held.boundary, LIMITS, () => ({ take: () => {}, end: () => {} }));
    parser.write(Buffer.from(body, "latin1"));
    expect(held.isZero()).toBe(false);
    if (name === "complete") parser.end();
    else expect(() => parser.end()).toThrow("malformed");
    expect(held.isZero()).toBe(true);
  });
});

/** All memory that is taken from now on, kept beyond its time. */
function heldMemory() {
  const { alloc } = Buffer;
  const boundary = alloc(1, "b");
  const views: Buffer[] = [];
  const spy = vi.spyOn(Buffer, "alloc").mockImplementation((size: number) => {
    const bytes = alloc(size);
    views.push(bytes);
    return bytes;
  });
  onTestFinished(() => spy.mockRestore());
  return {
    boundary,
    views,
    isZero: () => views.every(({ buffer }) => Buffer.from(buffer).every((byte) => byte === 0)),
  };
}

describe("a hostile body", () => {
  const LONG = "x".repeat(252);
  const hostile: readonly [string, string, string][] = [
    ["near delimiters", "b", "\r\n--bx"],
    ["near delimiters of one byte less", LONG, `\r\n--${LONG.slice(1)}`],
    ["near delimiters with padding", LONG, `\r\n--${LONG}${" ".repeat(MAX_PADDING_BYTES)}x`],
    ["near delimiters in each other", LONG, `\r\n--${LONG}--\r`],
    ["the end of the boundary", LONG, "x"],
    ["all of a delimiter but its beginning", LONG, `\n--${LONG}`],
    ["line breaks", "b", "\r\n"],
    ["carriage returns", "b", "\r"],
    ["dashes", "-".repeat(252), "-"],
    ["lines of dashes", "-".repeat(252), `\r\n${"-".repeat(253)}`],
  ];

  it.each(hostile)("of %s costs a bounded number of calls, copies and looks at each byte", (_name, boundary, piece) => {
    const content = Buffer.from(piece.repeat((512 * KIB) / piece.length), "latin1");
    for (const chunkBytes of [1, 300, 64 * KIB]) {
      let [calls, copied, length, longest] = [0, 0, 0, 0];
      let chunk = Buffer.alloc(0);
      const sink: PartSink = {
        take: (bytes) => {
          calls += 1;
          length += bytes.length;
          if (bytes.buffer !== chunk.buffer) copied += bytes.length;
          longest = Math.max(longest, bytes.length);
        },
        end: () => {},
      };
      const parser = new MultipartParser(ascii(boundary), LIMITS, () => sink);
      const body = bodyOf([content], boundary);
      const started = performance.now();
      for (let at = 0; at < body.length; at += chunkBytes) {
        chunk = Buffer.alloc(Math.min(chunkBytes, body.length - at));
        body.copy(chunk, 0, at);
        parser.write(chunk);
      }
      parser.end();
      const chunks = Math.ceil(body.length / chunkBytes);
      expect(length).toBe(content.length);
      // What was held at the end of a chunk, and the rest of the chunk.
      expect(calls).toBeLessThanOrEqual(2 * chunks);
      expect(copied).toBeLessThanOrEqual(Math.min(content.length, chunks * (boundary.length + MAX_PADDING_BYTES + 8)));
      // Generous: the dearest takes a twentieth of that. Anything quadratic takes minutes.
      expect(performance.now() - started).toBeLessThan(15_000);
    }
  });

  it("of many parts costs no more than its bytes", () => {
    const count = 20_000;
    const limits = { ...LIMITS, maxParts: count, maxFields: count };
    const started = performance.now();
    const { parts, fault } = readParts(bodyOf(Array.from({ length: count }, () => "")), () => 64 * KIB, { limits });
    expect([parts.length, fault]).toEqual([count, undefined]);
    expect(performance.now() - started).toBeLessThan(15_000);
  });

  it("of random bytes is refused or read, and never anything else", () => {
    for (let round = 0; round < 500; round += 1) {
      const { parts, fault } = readParts(Buffer.concat([Buffer.from("--b\r\n"), randomBytes(500)]));
      expect([parts.length, fault]).toEqual([0, "malformed"]);
    }
  });
});
