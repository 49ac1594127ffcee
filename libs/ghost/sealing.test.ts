import { createCipheriv, randomBytes } from "node:crypto";
import { isZeroed } from "@flowstate/local/testing/zeroed.ts";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  type ChunkOpener,
  createRecipientKey,
  type Direction,
  encapsulateTo,
  TAG_BYTES,
  TransferKeys,
} from "./sealing.ts";

/*
 * Real: HPKE, AES-GCM and the sealing of chunks. Doubled: the broker, by passing the pieces over by hand, in order or
 * not. What is deciphered before a tag fails is watched through Buffer.fill.
 */

const CONTEXT = "extractor 0123456789abcdef0123456789abcdef";

interface Parties {
  readonly caller: TransferKeys;
  readonly instance: TransferKeys;
}

async function agree(callerContext = CONTEXT, instanceContext = CONTEXT): Promise<Parties> {
  const recipient = await createRecipientKey(instanceContext);
  const { encapsulated, keys } = await encapsulateTo(recipient.publicKey, callerContext);
  return { caller: keys, instance: await recipient.accept(encapsulated) };
}

interface Sealed {
  readonly bytes: Buffer;
  readonly last: boolean;
}

/** Seals the texts as the chunks of one direction. */
function sealAll(keys: TransferKeys, direction: Direction, texts: readonly string[]): Sealed[] {
  const sealer = keys.sealer(direction);
  return texts.map((text, index) => {
    const last = index === texts.length - 1;
    return { bytes: sealer.seal([Buffer.from(text)], last), last };
  });
}

/** Opens one after the other until one fails; what was opened, and whether all were. */
function openAll(opener: ChunkOpener, chunks: readonly Sealed[]): { texts: string[]; intact: boolean } {
  const texts: string[] = [];
  for (const { bytes, last } of chunks) {
    const plaintext = opener.open(bytes, last);
    if (plaintext === undefined) return { texts, intact: false };
    texts.push(plaintext.toString());
  }
  return { texts, intact: true };
}

let parties: Parties;

beforeEach(async () => {
  parties = await agree();
});

afterEach(() => {
  vi.restoreAllMocks();
  parties.caller[Symbol.dispose]();
  parties.instance[Symbol.dispose]();
});

describe("a sealed transfer", () => {
  it.each(["request", "reply"] as const)("brings the chunks of the %s over, in order", (direction) => {
    const chunks = sealAll(parties.caller, direction, ["first", "", "last"]);
    expect(openAll(parties.instance.opener(direction), chunks)).toEqual({ texts: ["first", "", "last"], intact: true });
  });

  it("brings over any bytes in any cut, behind any head", () => {
    const sealer = parties.caller.sealer("request");
    const opener = parties.instance.opener("request");
    const pieces = fc.array(fc.uint8Array({ maxLength: 3_000 }), { maxLength: 5 });
    fc.assert(
      fc.property(pieces, fc.uint8Array({ maxLength: 3 }), fc.boolean(), (cut, head, last) => {
        const plaintext = Buffer.concat(cut);
        const sealed = sealer.seal(cut, last, head);
        expect(sealed.byteLength).toBe(head.byteLength + plaintext.byteLength + TAG_BYTES);
        expect(sealed.subarray(0, head.byteLength).equals(head)).toBe(true);
        expect(opener.open(sealed.subarray(head.byteLength), last)?.equals(plaintext)).toBe(true);
      }),
    );
  });

  it("brings over chunks that are sealed in many steps", () => {
    const plaintext = randomBytes(256 * 1024);
    const sealed = parties.caller
      .sealer("request")
      .seal([plaintext.subarray(0, 99_999), plaintext.subarray(99_999)], true);
    expect(parties.instance.opener("request").open(sealed, true)?.equals(plaintext)).toBe(true);
  });

  it("leaves no ciphertext behind but what is sent", () => {
    const before = process.memoryUsage().arrayBuffers;
    const sealer = parties.caller.sealer("request");
    const chunk = Buffer.alloc(256 * 1024);
    const sealed = Array.from({ length: 20 }, () => sealer.seal([chunk], false));
    const bytes = sealed.reduce((sum, { byteLength }) => sum + byteLength, chunk.byteLength);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(bytes + chunk.byteLength);
  });

  it("shows nothing of the plaintext, and never seals the same bytes alike", () => {
    const text = "canary-4711".repeat(10);
    const [first, second] = sealAll(parties.caller, "request", [text, text]);
    expect(first?.bytes.includes("canary")).toBe(false);
    expect(first?.bytes.equals(second?.bytes ?? Buffer.alloc(0))).toBe(false);
  });

  it("has keys of its own: the same context agrees on others the next time", async () => {
    const chunks = sealAll(parties.caller, "request", ["text"]);
    const others = await agree();
    expect(openAll(others.instance.opener("request"), chunks).intact).toBe(false);
  });
});

describe("tampering is noticed when", () => {
  const texts = ["one", "two", "three"];

  it.each<[string, (chunks: readonly Sealed[]) => readonly Sealed[], number]>([
    ["two chunks change places", ([a, b, c]) => present(b, a, c), 0],
    ["the first chunk is dropped", ([, b, c]) => present(b, c), 0],
    ["a chunk in the middle is dropped", ([a, , c]) => present(a, c), 1],
    ["a chunk is replayed", ([a, b, c]) => present(a, a, b, c), 1],
    ["the end is cut off and the chunk before declared last", ([a, b]) => present(a, b && { ...b, last: true }), 1],
    ["the last chunk is declared not to be", ([a, b, c]) => present(a, b, c && { ...c, last: false }), 2],
    ["a chunk loses its last byte", ([a]) => present(a && { ...a, bytes: a.bytes.subarray(0, -1) }), 0],
    ["a chunk gains a byte", ([a]) => present(a && { ...a, bytes: Buffer.concat([a.bytes, Buffer.alloc(1)]) }), 0],
    ["a chunk is nothing but a tag", ([a]) => present(a && { ...a, bytes: a.bytes.subarray(-TAG_BYTES) }), 0],
    ["a chunk is shorter than a tag", ([a]) => present(a && { ...a, bytes: a.bytes.subarray(0, TAG_BYTES - 1) }), 0],
    ["a chunk is empty", ([a]) => present(a && { ...a, bytes: Buffer.alloc(0) }), 0],
  ])("%s", (_what, tamper, opened) => {
    const chunks = sealAll(parties.caller, "request", texts);
    const result = openAll(parties.instance.opener("request"), tamper(chunks));
    expect(result).toEqual({ texts: texts.slice(0, opened), intact: false });
  });

  it("a chunk is reflected to where it came from", () => {
    const chunks = sealAll(parties.caller, "request", ["text"]);
    expect(openAll(parties.caller.opener("reply"), chunks).intact).toBe(false);
    expect(openAll(parties.instance.opener("reply"), chunks).intact).toBe(false);
  });

  it("the two sides mean different transfers or services", async () => {
    const mixed = await agree(CONTEXT, "erp-pusher 0123456789abcdef0123456789abcdef");
    const chunks = sealAll(mixed.caller, "request", ["text"]);
    expect(openAll(mixed.instance.opener("request"), chunks).intact).toBe(false);
  });

  it("any bit is flipped, anywhere", () => {
    const sealer = parties.caller.sealer("request");
    const sealed = sealer.seal([Buffer.from("a document of some length")], true);
    fc.assert(
      fc.property(fc.nat(sealed.byteLength * 8 - 1), (bit) => {
        const flipped = Buffer.from(sealed);
        flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(parties.instance.opener("request").open(flipped, true)).toBeUndefined();
      }),
    );
  });

  it("bytes were never sealed at all", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, last) => {
        expect(parties.instance.opener("request").open(bytes, last)).toBeUndefined();
      }),
    );
  });

  it("and what was deciphered until then is zeroed", () => {
    const [chunk] = sealAll(parties.caller, "request", ["canary-4711"]);
    const deciphered: Buffer[] = [];
    const fill = Buffer.prototype.fill;
    vi.spyOn(Buffer.prototype, "fill").mockImplementation(function (this: Buffer, value: unknown) {
      if (this.equals(Buffer.from("canary-4711"))) deciphered.push(this);
      return fill.call(this, Number(value));
    });
    expect(parties.instance.opener("request").open(chunk?.bytes ?? Buffer.alloc(0), false)).toBeUndefined();
    expect(deciphered.map(isZeroed)).toEqual([true]);
  });
});

function present<T>(...items: readonly (T | undefined)[]): readonly T[] {
  return items.filter((item) => item !== undefined);
}

describe("agreeing on keys", () => {
  it.each([
    ["nothing", Buffer.alloc(0)],
    ["too little", Buffer.alloc(31, 1)],
    ["too much", Buffer.alloc(33, 1)],
    ["the point that makes every secret zero", Buffer.alloc(32)],
  ])("fails when the caller sends %s", async (_what, encapsulated) => {
    const recipient = await createRecipientKey(CONTEXT);
    await expect(recipient.accept(encapsulated)).rejects.toThrow();
  });

  it.each([
    ["nothing", Buffer.alloc(0)],
    ["too little", Buffer.alloc(31, 1)],
    ["the point that makes every secret zero", Buffer.alloc(32)],
  ])("fails when the instance's public key is %s", async (_what, publicKey) => {
    await expect(encapsulateTo(publicKey, CONTEXT)).rejects.toThrow();
  });

  it("leaves somebody who heard everything on the broker without the keys", async () => {
    const recipient = await createRecipientKey(CONTEXT);
    const { encapsulated, keys } = await encapsulateTo(recipient.publicKey, CONTEXT);
    const chunks = sealAll(keys, "request", ["text"]);
    const listener = await createRecipientKey(CONTEXT);
    const guessed = await listener.accept(encapsulated);
    expect(openAll(guessed.opener("request"), chunks).intact).toBe(false);
  });
});

describe("disposed keys", () => {
  it("seal and open nothing any more", () => {
    const sealer = parties.caller.sealer("request");
    const opener = parties.instance.opener("request");
    const sealed = sealer.seal([Buffer.from("text")], false);
    parties.caller[Symbol.dispose]();
    parties.instance[Symbol.dispose]();
    expect(() => sealer.seal([Buffer.from("text")], true)).toThrow("zeroed");
    expect(() => opener.open(sealed, false)).toThrow("zeroed");
    expect(() => parties.caller.sealer("reply").seal([Buffer.from("text")], true)).toThrow("zeroed");
  });

  it("are zero in memory", async () => {
    const exported: Buffer[] = [];
    const from = Buffer.from.bind(Buffer);
    vi.spyOn(Buffer, "from").mockImplementation((...parameters: Parameters<typeof Buffer.from>) => {
      const made = from(...parameters);
      if (made.byteLength === 32) exported.push(made);
      return made;
    });
    const { caller, instance } = await agree();
    vi.restoreAllMocks();
    expect(exported).toHaveLength(4);
    expect(exported.some((key) => key.every((byte) => byte === 0))).toBe(false);
    caller[Symbol.dispose]();
    instance[Symbol.dispose]();
    expect(exported.every((key) => key.every((byte) => byte === 0))).toBe(true);
  });
});

describe("a sealer", () => {
  it("is given out once per direction, because a second one would repeat nonces", () => {
    parties.caller.sealer("request");
    expect(() => parties.caller.sealer("request")).toThrow("one sealer");
    expect(parties.caller.sealer("reply")).toBeDefined();
  });

  it("writes AES-256-GCM with the chunk's number as nonce and its place as associated data", async () => {
    const exported = new Map<string, Buffer>();
    const keyOf = (label: ArrayBuffer) => {
      const key = Buffer.alloc(32, exported.size + 1);
      exported.set(Buffer.from(label).toString(), Buffer.from(key));
      return key.buffer.slice(key.byteOffset, key.byteOffset + 32);
    };
    const exporterSecret = Buffer.alloc(32, 9).buffer.slice(0, 32);
    const exporter = { exporterSecret, export: async (label: ArrayBuffer) => keyOf(label) };
    using keys = await TransferKeys.from(exporter, CONTEXT);
    expect(new Uint8Array(exporterSecret).every((byte) => byte === 0)).toBe(true);
    const sealer = keys.sealer("reply");
    sealer.seal([Buffer.from("zero")], false);
    const sealed = sealer.seal([Buffer.from("one")], true);

    const nonce = Buffer.from("000000000000000000000001", "hex");
    const cipher = createCipheriv("aes-256-gcm", exported.get("reply") ?? Buffer.alloc(0), nonce);
    cipher.setAAD(Buffer.from(`flowstate-transfer/1 reply ${CONTEXT} 1 last`));
    const expected = Buffer.concat([cipher.update("one"), cipher.final(), cipher.getAuthTag()]);
    expect(sealed.equals(expected)).toBe(true);
  });
});
