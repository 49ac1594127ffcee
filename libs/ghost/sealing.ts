import { type CipherGCMTypes, createCipheriv, createDecipheriv } from "node:crypto";
import { CipherSuite, DhkemX25519HkdfSha256, ExportOnly, HkdfSha256 } from "@hpke/core";
import { giveBack } from "./give-back.ts";

/**
 * Sealing of one transfer (RFC 9180): HPKE with X25519 agrees on a secret that only the two processes know and that
 * exists for this transfer only; from it each direction gets an AES-256-GCM key. Chunks carry their number as nonce and
 * their place (direction, transfer, number, last or not) as associated data, so nothing can be reordered, dropped,
 * truncated, reflected or replayed without the tag failing.
 */

const CHUNK_CIPHER: CipherGCMTypes = "aes-256-gcm";
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
export const TAG_BYTES = 16;
/** Sealed at once, so that ciphertext is still in the processor's cache when it is put where it belongs. */
const STEP_BYTES = 16 * 1024;

const suite = new CipherSuite({
  kem: new DhkemX25519HkdfSha256(),
  kdf: new HkdfSha256(),
  aead: new ExportOnly(),
});

/** Who a chunk comes from. Each direction has its own key and its own numbering. */
export type Direction = "request" | "reply";

/** The recipient's half: a one-time key pair whose public part travels in the grant. */
export interface RecipientKey {
  readonly publicKey: Uint8Array;
  /** Derives the keys from the caller's encapsulated secret. Rejects if it is not a valid encapsulation. */
  accept(encapsulated: Uint8Array): Promise<TransferKeys>;
}

/** Makes the one-time key pair of a transfer. `context` binds the keys to it: service and transfer id. */
export async function createRecipientKey(context: string): Promise<RecipientKey> {
  const pair = await suite.kem.generateKeyPair();
  return {
    publicKey: new Uint8Array(await suite.kem.serializePublicKey(pair.publicKey)),
    async accept(encapsulated) {
      const info = new TextEncoder().encode(context);
      const exporter = await suite.createRecipientContext({
        recipientKey: pair,
        enc: toArrayBuffer(encapsulated),
        info,
      });
      return TransferKeys.from(exporter, context);
    },
  };
}

/** The caller's half: encapsulates a fresh secret to the recipient's one-time public key. */
export async function encapsulateTo(
  publicKey: Uint8Array,
  context: string,
): Promise<{ encapsulated: Uint8Array; keys: TransferKeys }> {
  const recipientPublicKey = await suite.kem.deserializePublicKey(toArrayBuffer(publicKey));
  const sender = await suite.createSenderContext({ recipientPublicKey, info: new TextEncoder().encode(context) });
  return { encapsulated: new Uint8Array(sender.enc), keys: await TransferKeys.from(sender, context) };
}

/** One direction's key. Once zeroed it can no longer be used: sealing with zeros would be sending in the clear. */
class DirectionKey implements Disposable {
  readonly #bytes: Buffer;
  #zeroed = false;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get bytes(): Buffer {
    if (this.#zeroed) throw new Error("transfer key used after it was zeroed");
    return this.#bytes;
  }

  [Symbol.dispose](): void {
    this.#zeroed = true;
    this.#bytes.fill(0);
  }
}

/** The two keys of one transfer. Disposing zeroes them; nothing that crossed the broker can be opened afterwards. */
export class TransferKeys implements Disposable {
  readonly #keys: Readonly<Record<Direction, DirectionKey>>;
  readonly #sealing = new Set<Direction>();
  readonly #context: string;

  private constructor(keys: Readonly<Record<Direction, DirectionKey>>, context: string) {
    this.#keys = keys;
    this.#context = context;
  }

  static async from(
    exporter: { export(label: ArrayBuffer, length: number): Promise<ArrayBuffer> },
    context: string,
  ): Promise<TransferKeys> {
    const keyOf = async (direction: Direction) => {
      const label = toArrayBuffer(new TextEncoder().encode(direction));
      return new DirectionKey(Buffer.from(await exporter.export(label, KEY_BYTES)));
    };
    const keys = new TransferKeys({ request: await keyOf("request"), reply: await keyOf("reply") }, context);
    wipeExporterSecret(exporter);
    return keys;
  }

  /** Seals the chunks that go in `direction`. Given out once: a second sealer would repeat the nonces of the first. */
  sealer(direction: Direction): ChunkSealer {
    if (this.#sealing.has(direction)) throw new Error("a direction of a transfer has one sealer");
    this.#sealing.add(direction);
    return new ChunkSealer(this.#keys[direction], direction, this.#context);
  }

  opener(direction: Direction): ChunkOpener {
    return new ChunkOpener(this.#keys[direction], direction, this.#context);
  }

  [Symbol.dispose](): void {
    this.#keys.request[Symbol.dispose]();
    this.#keys.reply[Symbol.dispose]();
  }
}

class ChunkCounter {
  #index = 0;

  /** The nonce is the chunk's number: never repeated under one key, because the number only grows. */
  next(): { index: number; nonce: Buffer } {
    const nonce = Buffer.alloc(NONCE_BYTES);
    nonce.writeUInt32BE(this.#index, NONCE_BYTES - 4);
    return { index: this.#index++, nonce };
  }
}

function associatedData(direction: Direction, context: string, index: number, last: boolean): Buffer {
  return Buffer.from(`flowstate-transfer/1 ${direction} ${context} ${index} ${last ? "last" : "more"}`, "ascii");
}

/** Seals the chunks of one direction, in order. */
export class ChunkSealer {
  readonly #counter = new ChunkCounter();
  readonly #key: DirectionKey;
  readonly #direction: Direction;
  readonly #context: string;

  constructor(key: DirectionKey, direction: Direction, context: string) {
    this.#key = key;
    this.#direction = direction;
    this.#context = context;
  }

  /** Seals the pieces of a chunk: `head`, which stays as it is, then ciphertext and tag, in a buffer of their own. */
  seal(pieces: readonly Uint8Array[], last: boolean, head: Uint8Array = new Uint8Array()): Buffer {
    const { index, nonce } = this.#counter.next();
    const cipher = createCipheriv(CHUNK_CIPHER, this.#key.bytes, nonce);
    cipher.setAAD(associatedData(this.#direction, this.#context, index, last));
    const plaintextBytes = pieces.reduce((sum, piece) => sum + piece.byteLength, 0);
    // Not zeroed beforehand: every byte is written below.
    const sealed = Buffer.allocUnsafeSlow(head.byteLength + plaintextBytes + TAG_BYTES);
    sealed.set(head);
    let written = head.byteLength;
    for (const step of stepsOf(pieces)) {
      const ciphertext = cipher.update(step);
      sealed.set(ciphertext, written);
      written += ciphertext.byteLength;
      giveBack(ciphertext);
    }
    cipher.final();
    sealed.set(cipher.getAuthTag(), written);
    return sealed;
  }
}

function* stepsOf(pieces: readonly Uint8Array[]): Generator<Uint8Array> {
  for (const piece of pieces) {
    for (let at = 0; at < piece.byteLength; at += STEP_BYTES) yield piece.subarray(at, at + STEP_BYTES);
  }
}

/** Opens the chunks of one direction, in order. */
export class ChunkOpener {
  readonly #counter = new ChunkCounter();
  readonly #key: DirectionKey;
  readonly #direction: Direction;
  readonly #context: string;

  constructor(key: DirectionKey, direction: Direction, context: string) {
    this.#key = key;
    this.#direction = direction;
    this.#context = context;
  }

  /**
   * The plaintext in a buffer of its own, which the caller gives back; undefined when the tag does not hold, with everything
   * that was deciphered already wiped.
   */
  open(sealed: Uint8Array, last: boolean): Buffer | undefined {
    if (sealed.byteLength < TAG_BYTES) return undefined;
    const { index, nonce } = this.#counter.next();
    const decipher = createDecipheriv(CHUNK_CIPHER, this.#key.bytes, nonce);
    decipher.setAAD(associatedData(this.#direction, this.#context, index, last));
    decipher.setAuthTag(sealed.subarray(sealed.byteLength - TAG_BYTES));
    const plaintext = decipher.update(sealed.subarray(0, sealed.byteLength - TAG_BYTES));
    try {
      decipher.final();
      return plaintext;
    } catch {
      giveBack(plaintext);
      return undefined;
    }
  }
}

/**
 * Both keys can be derived again from the context's exporter secret, so it goes as soon as they exist. The library keeps it
 * on the context without a public name; a test holds that it is found there.
 */
function wipeExporterSecret(exporter: object): void {
  const { exporterSecret } = Object(exporter);
  if (!(exporterSecret instanceof ArrayBuffer)) throw new Error("HPKE context without an exporter secret to wipe");
  new Uint8Array(exporterSecret).fill(0);
}

function toArrayBuffer(bytes: Uint8Array): ArrayBuffer {
  const copy = new ArrayBuffer(bytes.byteLength);
  new Uint8Array(copy).set(bytes);
  return copy;
}
