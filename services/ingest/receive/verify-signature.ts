import { createPublicKey, createVerify, type KeyObject, type Verify } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { HttpError } from "@flowstate/runtime";

const SIGNATURE_HEADER = "x-twilio-email-event-webhook-signature";
const TIMESTAMP_HEADER = "x-twilio-email-event-webhook-timestamp";
/** A DER signature by P-256 has at most 72 bytes, which are 96 characters. */
const SIGNATURE = /^[A-Za-z0-9+/]{8,128}={0,2}$/;
const SECONDS = /^\d{1,12}$/;
/** How far the sender's clock may be ahead of ours. */
const CLOCK_SKEW_MS = 10 * 60_000;

export interface SignatureOptions {
  /** Several while rotating: the signature must be by one of them. At least one. */
  readonly publicKeys: readonly KeyObject[];
  /** How old a signature may be. Not less than the sender's retries last, unless each try is signed afresh. */
  readonly maxAgeMs: number;
}

/** A public key as SendGrid shows it: base64 of DER (SPKI), a P-256 key. Undefined for anything else. */
export function parsePublicKey(base64: string): KeyObject | undefined {
  try {
    const key = createPublicKey({ key: Buffer.from(base64, "base64"), format: "der", type: "spki" });
    const isP256 = key.asymmetricKeyType === "ec" && key.asymmetricKeyDetails?.namedCurve === "prime256v1";
    return isP256 ? key : undefined;
  } catch {
    return undefined;
  }
}

/**
 * SendGrid's signature over a request (Twilio SendGrid, "Inbound Parse security"): ECDSA P-256 over SHA-256 of the
 * timestamp and the raw body, in base64 DER. Verified while the body passes, so that no copy of it is kept for this.
 * One that is SendGrid's and from the future says that our clock is behind: temporary, because a 4xx would cost the mail.
 */
export class SignatureCheck {
  readonly #signature: Buffer;
  readonly #isFromFuture: boolean;
  readonly #checks: readonly { readonly key: KeyObject; readonly verify: Verify }[];

  /** Throws `HttpError("authentication_failed")` when there is no signature, or an old one: nothing need be read then. */
  constructor(headers: IncomingHttpHeaders, { publicKeys, maxAgeMs }: SignatureOptions, now = Date.now) {
    const { [SIGNATURE_HEADER]: signature, [TIMESTAMP_HEADER]: timestamp } = headers;
    if (typeof signature !== "string" || !SIGNATURE.test(signature)) throw new HttpError("authentication_failed");
    if (typeof timestamp !== "string" || !SECONDS.test(timestamp)) throw new HttpError("authentication_failed");
    const ageMs = now() - Number(timestamp) * 1_000;
    if (ageMs > maxAgeMs) throw new HttpError("authentication_failed");
    this.#isFromFuture = ageMs < -CLOCK_SKEW_MS;
    this.#signature = Buffer.from(signature, "base64");
    this.#checks = publicKeys.map((key) => ({ key, verify: createVerify("sha256").update(timestamp, "latin1") }));
  }

  /** The next bytes of the raw body. */
  update(chunk: Buffer): void {
    for (const { verify } of this.#checks) verify.update(chunk);
  }

  /**
   * Once, after the last byte. Throws `HttpError("authentication_failed")` unless one of the keys made the signature, and
   * `HttpError("temporarily_unavailable")` when it was made in the future.
   */
  finish(): void {
    // Every key is tried: a public key is no secret, but neither is there a reason to stop.
    const matches = this.#checks.filter(({ key, verify }) => verify.verify(key, this.#signature));
    if (matches.length === 0) throw new HttpError("authentication_failed");
    if (this.#isFromFuture) throw new HttpError("temporarily_unavailable");
  }
}
