import { createHmac, createPrivateKey, createPublicKey, type KeyObject, sign } from "node:crypto";
import { GhostBytes } from "@flowstate/ghost";

/**
 * Signatures of Standard Webhooks 1.0 (https://www.standardwebhooks.com). Made with node:crypto over the bytes themselves:
 * the customers' package would decode the body to a string.
 */

const SECRET_PREFIX = "whsec_";
const SECRET_MIN_BYTES = 24;
const SECRET_MAX_BYTES = 64;
/** Two while rotating; more than a few is a mistake, and headers have limits. */
const MAX_SECRETS = 4;

/** The keys behind `whsec_` secrets, in their order. */
export type WebhookSecrets = readonly [Buffer, ...Buffer[]];

/**
 * Reads one secret, or several separated by spaces or commas while rotating. Undefined when one of them is not `whsec_`
 * and canonical base64 of 24 to 64 bytes.
 */
export function parseWebhookSecrets(list: string): WebhookSecrets | undefined {
  const [first, ...others] = list
    .split(/[\s,]+/)
    .filter((secret) => secret !== "")
    .map(secretOf);
  if (first === undefined || others.length >= MAX_SECRETS) return undefined;
  const keys: [Buffer, ...Buffer[]] = [first];
  for (const key of others) {
    if (key === undefined) return undefined;
    keys.push(key);
  }
  return keys;
}

function secretOf(secret: string): Buffer | undefined {
  const key = bytesBehind(SECRET_PREFIX, secret);
  return key !== undefined && key.byteLength >= SECRET_MIN_BYTES && key.byteLength <= SECRET_MAX_BYTES
    ? key
    : undefined;
}

/** Node decodes anything that resembles base64; a mistyped secret must not silently become another key. */
function bytesBehind(prefix: string, text: string): Buffer | undefined {
  if (!text.startsWith(prefix)) return undefined;
  const encoded = text.slice(prefix.length);
  const bytes = Buffer.from(encoded, "base64");
  return bytes.toString("base64") === encoded ? bytes : undefined;
}

/** A private ed25519 key. */
export type SigningKey = KeyObject;

const SIGNING_KEY_PREFIX = "whsk_";
const SEED_BYTES = 32;
/** Everything of a PKCS #8 ed25519 key but its seed (RFC 8410 §7). */
const PKCS8_HEAD = Buffer.from("302e020100300506032b657004220420", "hex");

/**
 * Reads a signing key: `whsk_` and canonical base64 of the 32 bytes of its seed, or of the seed and the public key behind
 * it (64 bytes, as libsodium keeps them). Undefined for anything else, and when the two halves do not belong together.
 */
export function parseSigningKey(text: string): SigningKey | undefined {
  const bytes = bytesBehind(SIGNING_KEY_PREFIX, text);
  if (bytes === undefined || (bytes.byteLength !== SEED_BYTES && bytes.byteLength !== 2 * SEED_BYTES)) return undefined;
  const der = Buffer.concat([PKCS8_HEAD, bytes.subarray(0, SEED_BYTES)]);
  const key = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  der.fill(0);
  const stated = bytes.subarray(SEED_BYTES);
  return stated.byteLength === 0 || publicBytesOf(key).equals(stated) ? key : undefined;
}

function publicBytesOf(key: SigningKey): Buffer {
  return createPublicKey(key).export({ format: "der", type: "spki" }).subarray(-SEED_BYTES);
}

/** The headers that let the ERP verify one attempt. */
export interface SignatureHeaders {
  /** The same on every attempt: what the ERP recognises a repetition by. */
  readonly "webhook-id": string;
  /** Of this attempt, Unix seconds: the ERP refuses old ones. */
  readonly "webhook-timestamp": string;
  /** `v1,<base64>` for each secret, then `v1a,<base64>` for each signing key, separated by spaces. */
  readonly "webhook-signature": string;
}

/** What is signed. */
export interface SignedContent {
  readonly id: string;
  readonly sentAt: Date;
  /** Only read. */
  readonly body: Uint8Array;
}

/** Signs `id.timestamp.body` with each secret and each key. */
export function signWebhook(
  secrets: WebhookSecrets,
  { id, sentAt, body }: SignedContent,
  signingKeys: readonly SigningKey[] = [],
): SignatureHeaders {
  const timestamp = String(Math.floor(sentAt.getTime() / 1000));
  const head = Buffer.from(`${id}.${timestamp}.`, "utf8");
  const signatures = [
    ...secrets.map((key) => `v1,${createHmac("sha256", key).update(head).update(body).digest("base64")}`),
    ...ed25519Signatures(signingKeys, head, body).map((signature) => `v1a,${signature}`),
  ];
  return { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signatures.join(" ") };
}

/** Ed25519 reads its text twice and takes it in one piece: a copy, wiped as soon as it is signed. */
function ed25519Signatures(keys: readonly SigningKey[], head: Uint8Array, body: Uint8Array): readonly string[] {
  if (keys.length === 0) return [];
  using content = GhostBytes.withCapacity(head.byteLength + body.byteLength);
  content.append(head);
  content.append(body);
  return keys.map((key) => sign(null, content.view(), key).toString("base64"));
}
