import { createHmac } from "node:crypto";

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
    .map(keyOf);
  if (first === undefined || others.length >= MAX_SECRETS) return undefined;
  const keys: [Buffer, ...Buffer[]] = [first];
  for (const key of others) {
    if (key === undefined) return undefined;
    keys.push(key);
  }
  return keys;
}

/** Node decodes anything that resembles base64; a mistyped secret must not silently become another key. */
function keyOf(secret: string): Buffer | undefined {
  if (!secret.startsWith(SECRET_PREFIX)) return undefined;
  const encoded = secret.slice(SECRET_PREFIX.length);
  const key = Buffer.from(encoded, "base64");
  if (key.toString("base64") !== encoded) return undefined;
  return key.byteLength >= SECRET_MIN_BYTES && key.byteLength <= SECRET_MAX_BYTES ? key : undefined;
}

/** The headers that let the ERP verify one attempt. */
export interface SignatureHeaders {
  /** The same on every attempt: what the ERP recognises a repetition by. */
  readonly "webhook-id": string;
  /** Of this attempt, Unix seconds: the ERP refuses old ones. */
  readonly "webhook-timestamp": string;
  /** `v1,<base64>` for each secret, separated by spaces. */
  readonly "webhook-signature": string;
}

/** Signs `id.timestamp.body` with each secret. The body is only read. */
export function signWebhook(
  secrets: WebhookSecrets,
  { id, sentAt, body }: { readonly id: string; readonly sentAt: Date; readonly body: Uint8Array },
): SignatureHeaders {
  const timestamp = String(Math.floor(sentAt.getTime() / 1000));
  const signatures = secrets.map((key) => {
    const mac = createHmac("sha256", key).update(`${id}.${timestamp}.`, "utf8").update(body);
    return `v1,${mac.digest("base64")}`;
  });
  return { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signatures.join(" ") };
}
