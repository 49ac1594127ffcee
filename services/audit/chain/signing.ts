import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { z } from "zod";
import { type CanonicalFields, canonicalJson } from "./canonical-json.ts";

/**
 * Ed25519 (RFC 8032) over the canonical JSON of a statement. A statement says what it is about first, and by which key it
 * is signed, so that no signature can be taken for one over something else.
 */
export interface Statement extends CanonicalFields {
  readonly statement: `flowstate.audit.${string}.v${number}`;
}

export interface Signature {
  /** The first 16 hexadecimal digits of the SHA-256 of the public key (DER, SPKI). */
  readonly key_id: string;
  readonly signature: Buffer;
}

/** What a signature is worth: `unknown_key` is one by a key that is not trusted, by whoever it was made. */
export type Verdict = "valid" | "wrong" | "unknown_key";

const KEY_ID_DIGITS = 16;

function keyIdOf(publicKey: KeyObject): string {
  const spki = publicKey.export({ format: "der", type: "spki" });
  return createHash("sha256").update(spki).digest("hex").slice(0, KEY_ID_DIGITS);
}

/** The private key with which heads, retirements and erasures are signed. */
export class SigningKey {
  readonly id: string;
  readonly publicKey: KeyObject;
  readonly #privateKey: KeyObject;

  constructor(privateKey: KeyObject) {
    this.#privateKey = privateKey;
    this.publicKey = createPublicKey(privateKey);
    this.id = keyIdOf(this.publicKey);
  }

  sign(statement: Statement): Signature {
    return { key_id: this.id, signature: sign(null, signedBytes(statement, this.id), this.#privateKey) };
  }
}

/** The public keys whose signatures count: the present one and those before it. */
export class TrustedKeys {
  readonly #keys: ReadonlyMap<string, KeyObject>;

  constructor(publicKeys: Iterable<KeyObject>) {
    this.#keys = new Map(Array.from(publicKeys, (key) => [keyIdOf(key), key]));
  }

  check(statement: Statement, { key_id, signature }: Signature): Verdict {
    const key = this.#keys.get(key_id);
    if (key === undefined) return "unknown_key";
    return verify(null, signedBytes(statement, key_id), key, signature) ? "valid" : "wrong";
  }
}

function signedBytes(statement: Statement, keyId: string): Buffer {
  return Buffer.from(canonicalJson({ ...statement, key_id: keyId }), "utf8");
}

const NO_PRIVATE_KEY = "must be an ed25519 private key, base64 of PKCS #8 DER: npm run audit -- key makes one";
const NO_PUBLIC_KEYS = "must be ed25519 public keys, base64 of SPKI DER, separated by commas";

/** `AUDIT_SIGNING_KEY`, as `npm run audit -- key` prints it. */
export const signingKeyText = z.string("is required").transform((text, context) => {
  const key = parsedKey(text, (der) => createPrivateKey({ key: der, format: "der", type: "pkcs8" }));
  if (key !== undefined) return new SigningKey(key);
  context.addIssue({ code: "custom", message: NO_PRIVATE_KEY });
  return z.NEVER;
});

/** Public keys as `npm run audit -- key` prints them, separated by commas. */
export const publicKeysText = z.string().transform((text, context): readonly KeyObject[] => {
  const keys = text
    .split(",")
    .map((one) => parsedKey(one.trim(), (der) => createPublicKey({ key: der, format: "der", type: "spki" })));
  if (keys.every((key) => key !== undefined)) return keys;
  context.addIssue({ code: "custom", message: NO_PUBLIC_KEYS });
  return z.NEVER;
});

/** Undefined for what is no key of the curve. */
function parsedKey(text: string, parse: (der: Buffer) => KeyObject): KeyObject | undefined {
  try {
    const key = parse(Buffer.from(text, "base64"));
    return key.asymmetricKeyType === "ed25519" ? key : undefined;
  } catch {
    return undefined;
  }
}

/** As `publicKeysText` reads it. */
export function publicKeyText(publicKey: KeyObject): string {
  return publicKey.export({ format: "der", type: "spki" }).toString("base64");
}
