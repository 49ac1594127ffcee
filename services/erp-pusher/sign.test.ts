import { Webhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";
import { parseWebhookSecrets, signWebhook, type WebhookSecrets } from "./sign.ts";

// Pure. Signatures are held to the specification's published vector and to the package that customers verify with.

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
