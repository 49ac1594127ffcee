import { generateKeyPairSync, verify } from "node:crypto";
import { GhostBytes } from "@flowstate/ghost";
import fc from "fast-check";
import { Webhook } from "standardwebhooks";
import { afterEach, describe, expect, it, vi } from "vitest";
import { parseSigningKey, parseWebhookSecrets, type SigningKey, signWebhook, type WebhookSecrets } from "./sign.ts";

// Pure. Signatures are held to the specification's published vector and, in both directions, to the package that customers
// verify with.

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

function secretOf(bytes: number, fill = 7): string {
  return `whsec_${Buffer.alloc(bytes, fill).toString("base64")}`;
}

function keysOf(list: string): WebhookSecrets {
  const keys = parseWebhookSecrets(list);
  if (keys === undefined) throw new Error("unusable secrets");
  return keys;
}

describe("signWebhook", () => {
  it("makes the signature of the published vector", () => {
    const headers = signWebhook(keysOf(SECRET), {
      id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
      sentAt: new Date(1_614_265_330_000),
      body: Buffer.from('{"test": 2432232314}'),
    });
    expect(headers).toEqual({
      "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
      "webhook-timestamp": "1614265330",
      "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    });
  });

  it("is verified by the customers' package, non-ASCII bodies included", () => {
    const body = Buffer.from('{"vendor":"Müller & Søn – 株式会社"}');
    const headers = signWebhook(keysOf(SECRET), { id: "document", sentAt: new Date(), body });
    expect(new Webhook(SECRET).verify(body, { ...headers })).toEqual({ vendor: "Müller & Søn – 株式会社" });
    expect(() => new Webhook(SECRET).verify(`${body} `, { ...headers })).toThrow("No matching signature");
  });

  it("signs with each secret while rotating, so that a customer with either one verifies", () => {
    const [old, fresh] = [secretOf(24, 1), secretOf(64, 2)];
    const body = Buffer.from("{}");
    const headers = signWebhook(keysOf(`${fresh} ${old}`), { id: "document", sentAt: new Date(), body });
    expect(headers["webhook-signature"]).toMatch(/^v1,[A-Za-z0-9+/]{43}= v1,[A-Za-z0-9+/]{43}=$/);
    for (const secret of [old, fresh]) expect(new Webhook(secret).verify(body, { ...headers })).toEqual({});
    expect(() => new Webhook(secretOf(24, 3)).verify(body, { ...headers })).toThrow("No matching signature");
  });

  it("rounds the timestamp down to whole seconds", () => {
    const headers = signWebhook(keysOf(SECRET), { id: "d", sentAt: new Date(1_999), body: Buffer.from("{}") });
    expect(headers["webhook-timestamp"]).toBe("1");
  });
});

describe("signWebhook and the customers' package", () => {
  it("make the same signature of anything", () => {
    const input = [
      fc.uint8Array({ minLength: 24, maxLength: 64 }),
      fc.uuid(),
      fc.date({ min: new Date(0), max: new Date(2 ** 41), noInvalidDate: true }),
      fc.string({ unit: "grapheme" }),
    ] as const;
    fc.assert(
      fc.property(...input, (key, id, sentAt, body) => {
        const secret = `whsec_${Buffer.from(key).toString("base64")}`;
        const ours = signWebhook(keysOf(secret), { id, sentAt, body: Buffer.from(body) });
        expect(ours["webhook-signature"]).toBe(new Webhook(secret).sign(id, sentAt, body));
      }),
    );
  });

  const NOW = Math.floor(Date.now() / 1_000);
  const BODY = Buffer.from('{"test": 2432232314}');
  const signedAt = (seconds: number, list = SECRET) =>
    signWebhook(keysOf(list), { id: "msg_1", sentAt: new Date(seconds * 1_000), body: BODY });
  const accepts = (headers: Record<string, string>, body: Buffer = BODY) => {
    try {
      new Webhook(SECRET).verify(body, headers);
      return true;
    } catch {
      return false;
    }
  };
  const withSignature = (change: (own: string) => string) => {
    const headers = signedAt(NOW);
    return { ...headers, "webhook-signature": change(headers["webhook-signature"]) };
  };
  const without = (name: string) => Object.fromEntries(Object.entries(signedAt(NOW)).filter(([key]) => key !== name));

  it.each<[string, () => Record<string, string>]>([
    ["a fresh signature", () => ({ ...signedAt(NOW) })],
    ["one of almost five minutes ago", () => ({ ...signedAt(NOW - 290) })],
    ["one of almost five minutes from now", () => ({ ...signedAt(NOW + 290) })],
    ["the second of two", () => ({ ...signedAt(NOW, `${secretOf(32)} ${SECRET}`) })],
    ["one among those of other versions", () => withSignature((own) => `v1a,AAAA v2,${own.slice(3)} ${own}`)],
  ])("agree on %s", (_name, headers) => {
    expect(accepts(headers())).toBe(true);
  });

  it.each<[string, () => Record<string, string>]>([
    ["without webhook-id", () => without("webhook-id")],
    ["without webhook-timestamp", () => without("webhook-timestamp")],
    ["without webhook-signature", () => without("webhook-signature")],
    ["of more than five minutes ago", () => ({ ...signedAt(NOW - 310) })],
    ["of more than five minutes from now", () => ({ ...signedAt(NOW + 310) })],
    ["with another timestamp", () => ({ ...signedAt(NOW), "webhook-timestamp": String(NOW - 1) })],
    ["with another id", () => ({ ...signedAt(NOW), "webhook-id": "msg_2" })],
    ["of another version", () => withSignature((own) => own.replace("v1,", "v2,"))],
    ["without a version", () => withSignature((own) => own.slice("v1,".length))],
    ["that is partial", () => withSignature((own) => own.slice(0, -8))],
    ["that is only a version", () => withSignature(() => "v1,")],
    ["of two other secrets", () => ({ ...signedAt(NOW, `${secretOf(32)} ${secretOf(48)}`) })],
  ])("disagree on one %s", (_name, headers) => {
    expect(accepts(headers())).toBe(false);
  });

  it("disagree on another body", () => {
    expect(accepts({ ...signedAt(NOW) }, Buffer.from('{"test":2432232314}'))).toBe(false);
  });
});

describe("ed25519 signatures", () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  /** The first vector of RFC 8032 §7.1. */
  const SEED = Buffer.from("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "hex");
  const PUBLIC = Buffer.from("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "hex");
  const keyOf = (bytes: Buffer): SigningKey => {
    const key = parseSigningKey(`whsk_${bytes.toString("base64")}`);
    if (key === undefined) throw new Error("unusable key");
    return key;
  };

  it("stand behind those of the secrets, one for each key, and are verified with the public key", () => {
    const { privateKey, publicKey } = generateKeyPairSync("ed25519");
    const seed = privateKey.export({ format: "der", type: "pkcs8" }).subarray(-32);
    const body = Buffer.from('{"vendor":"Müller"}');
    const sentAt = new Date(1_614_265_330_000);
    const headers = signWebhook(keysOf(SECRET), { id: "d", sentAt, body }, [keyOf(seed), keyOf(SEED)]);
    const [symmetric, own, ...others] = headers["webhook-signature"].split(" ");
    expect(symmetric).toBe(signWebhook(keysOf(SECRET), { id: "d", sentAt, body })["webhook-signature"]);
    expect(own).toMatch(/^v1a,[A-Za-z0-9+/]{86}==$/);
    expect(others).toEqual([expect.stringMatching(/^v1a,/)]);
    const signature = Buffer.from(own?.slice("v1a,".length) ?? "", "base64");
    const content = Buffer.concat([Buffer.from("d.1614265330."), body]);
    expect(verify(null, content, publicKey, signature)).toBe(true);
    expect(verify(null, Buffer.concat([content, body]), publicKey, signature)).toBe(false);
  });

  it("do not keep customers with a secret from verifying", () => {
    const body = Buffer.from("{}");
    const headers = signWebhook(keysOf(SECRET), { id: "d", sentAt: new Date(), body }, [keyOf(SEED)]);
    expect(new Webhook(SECRET).verify(body, { ...headers })).toEqual({});
  });

  it("leave no copy of the body", () => {
    const make = vi.spyOn(GhostBytes, "withCapacity");
    signWebhook(keysOf(SECRET), { id: "d", sentAt: new Date(), body: Buffer.from("{}") }, [keyOf(SEED)]);
    expect(make.mock.results.map(({ value }) => value instanceof GhostBytes && value.wiped)).toEqual([true]);
  });

  it("are made with a seed, or with the seed and its public key", () => {
    const [short, long] = [keyOf(SEED), keyOf(Buffer.concat([SEED, PUBLIC]))];
    expect(long.equals(short)).toBe(true);
  });

  it.each([
    ["nothing", ""],
    ["a secret", SECRET],
    ["a public key's prefix", `whpk_${SEED.toString("base64")}`],
    ["too few bytes", `whsk_${SEED.subarray(1).toString("base64")}`],
    ["too many bytes", `whsk_${Buffer.alloc(65).toString("base64")}`],
    ["a public key that is not the seed's", `whsk_${Buffer.concat([SEED, SEED]).toString("base64")}`],
    ["characters outside base64", `whsk_${SEED.toString("base64").slice(0, -1)}!`],
    ["two keys", `whsk_${SEED.toString("base64")} whsk_${SEED.toString("base64")}`],
  ])("are not made with %s", (_name, text) => {
    expect(parseSigningKey(text)).toBeUndefined();
  });
});

describe("parseWebhookSecrets", () => {
  it.each([
    ["one secret", SECRET, 1],
    ["24 bytes", secretOf(24), 1],
    ["64 bytes", secretOf(64), 1],
    ["two separated by a space", `${SECRET} ${secretOf(32)}`, 2],
    ["two separated by a comma", `${SECRET},${secretOf(32)}`, 2],
    ["two with room around them", ` ${SECRET} , ${secretOf(32)}\n`, 2],
  ])("reads %s", (_name, list, count) => {
    expect(parseWebhookSecrets(list)).toHaveLength(count);
  });

  it.each([
    ["nothing", ""],
    ["only separators", " , "],
    ["no prefix", SECRET.slice("whsec_".length)],
    ["too few bytes", secretOf(23)],
    ["too many bytes", secretOf(65)],
    ["characters outside base64", `${SECRET.slice(0, -1)}!`],
    ["missing padding", secretOf(25).replace(/=+$/, "")],
    ["base64url", `whsec_${Buffer.alloc(24, 0xff).toString("base64url")}`],
    ["a good one and a bad one", `${SECRET} whsec_short`],
    ["five", Array.from({ length: 5 }, (_, index) => secretOf(24, index)).join(" ")],
  ])("refuses %s", (_name, list) => {
    expect(parseWebhookSecrets(list)).toBeUndefined();
  });
});
