import { createSign, generateKeyPairSync } from "node:crypto";
import { HttpError } from "@flowstate/runtime";
import { describe, expect, it } from "vitest";
import { parsePublicKey, SignatureCheck } from "./verify-signature.ts";

/* Real: the check, keys and signatures. Doubled: the clock. */

const HOUR_MS = 3_600_000;
const MAX_AGE_MS = 96 * HOUR_MS;
const NOW = Date.parse("2026-11-24T12:00:00Z");
const BODY = Buffer.from('--xYzZY\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n--xYzZY--\r\n');
const pair = () => generateKeyPairSync("ec", { namedCurve: "prime256v1" });
const [current, former, strange] = [pair(), pair(), pair()];

const seconds = (ageMs: number) => String(Math.round((NOW - ageMs) / 1_000));
const sign = (timestamp: string, body: Buffer, { privateKey } = current) =>
  createSign("sha256").update(timestamp).update(body).sign(privateKey, "base64");
const headersOf = (signature: string | undefined, timestamp: string | undefined) => ({
  ...(signature !== undefined && { "x-twilio-email-event-webhook-signature": signature }),
  ...(timestamp !== undefined && { "x-twilio-email-event-webhook-timestamp": timestamp }),
});

function check(headers: Record<string, string>, body: Buffer, pieceBytes = body.length): string {
  const options = { publicKeys: [current.publicKey, former.publicKey], maxAgeMs: MAX_AGE_MS };
  try {
    const signature = new SignatureCheck(headers, options, () => NOW);
    for (let at = 0; at < body.length; at += pieceBytes) signature.update(body.subarray(at, at + pieceBytes));
    signature.finish();
    return "accepted";
  } catch (error) {
    return error instanceof HttpError ? error.category : String(error);
  }
}

describe("a signed body is accepted", () => {
  it.each([1, 7, BODY.length])("in pieces of %i bytes", (pieceBytes) => {
    expect(check(headersOf(sign(seconds(0), BODY), seconds(0)), BODY, pieceBytes)).toBe("accepted");
  });

  it("by either key while keys are rotated", () => {
    expect(check(headersOf(sign(seconds(0), BODY, former), seconds(0)), BODY)).toBe("accepted");
  });

  it.each([
    ["72 hours old, as a retry may be", 72 * HOUR_MS],
    ["as old as allowed", MAX_AGE_MS],
    ["by a clock five minutes ahead", -5 * 60_000],
  ])("%s", (_name, ageMs) => {
    expect(check(headersOf(sign(seconds(ageMs), BODY), seconds(ageMs)), BODY)).toBe("accepted");
  });
});

describe("a body is not accepted", () => {
  const timestamp = seconds(0);
  const signature = sign(timestamp, BODY);
  it.each<[string, Record<string, string>, Buffer]>([
    ["without a signature", headersOf(undefined, timestamp), BODY],
    ["without a timestamp", headersOf(signature, undefined), BODY],
    ["signed by another key", headersOf(sign(timestamp, BODY, strange), timestamp), BODY],
    ["with one bit changed", headersOf(signature, timestamp), Buffer.from(BODY.toString().replace("b\r", "c\r"))],
    ["without its last line end", headersOf(signature, timestamp), BODY.subarray(0, -2)],
    ["with something before it", headersOf(signature, timestamp), Buffer.concat([Buffer.from("x"), BODY])],
    ["with a timestamp that was not signed", headersOf(signature, seconds(1_000)), BODY],
    ["with digits moved from timestamp to body", headersOf(sign("1", Buffer.from("23")), "12"), Buffer.from("3")],
    ["with a signature that is no base64", headersOf("?".repeat(96), timestamp), BODY],
    ["with a signature that is no DER", headersOf(Buffer.alloc(70, 1).toString("base64"), timestamp), BODY],
    ["with an empty signature", headersOf("", timestamp), BODY],
    ["too old", headersOf(sign(seconds(MAX_AGE_MS + 1_000), BODY), seconds(MAX_AGE_MS + 1_000)), BODY],
    [
      "from the future, signed by another key",
      headersOf(sign(seconds(-HOUR_MS), BODY, strange), seconds(-HOUR_MS)),
      BODY,
    ],
    ["with a timestamp in words", headersOf(sign("now", BODY), "now"), BODY],
  ])("%s", (_name, headers, body) => {
    expect(check(headers, body)).toBe("authentication_failed");
  });
});

describe("a body from the future", () => {
  it.each([HOUR_MS, 24 * HOUR_MS])(
    "by %i ms is to be sent again: our clock is behind, and the mail is SendGrid's",
    (aheadMs) => {
      const timestamp = seconds(-aheadMs);
      expect(check(headersOf(sign(timestamp, BODY), timestamp), BODY)).toBe("temporarily_unavailable");
    },
  );
});

describe("a public key", () => {
  const spki = (key = current.publicKey) => key.export({ format: "der", type: "spki" }).toString("base64");

  it("is read as SendGrid shows it", () => {
    expect(parsePublicKey(spki())?.equals(current.publicKey)).toBe(true);
  });

  it.each([
    ["empty", ""],
    ["no base64", "not a key"],
    ["cut off", spki().slice(0, 60)],
    ["an RSA key", spki(generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey)],
    ["on another curve", spki(generateKeyPairSync("ec", { namedCurve: "secp384r1" }).publicKey)],
    ["a private key", current.privateKey.export({ format: "der", type: "pkcs8" }).toString("base64")],
  ])("is nothing that is %s", (_name, text) => {
    expect(parsePublicKey(text)).toBeUndefined();
  });
});
