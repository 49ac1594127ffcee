// Pure: real ed25519 keys. The vector is RFC 8032's third.
import { createPrivateKey, generateKeyPairSync, verify } from "node:crypto";
import { describe, expect, it } from "vitest";
import { publicKeysText, publicKeyText, SigningKey, type Statement, signingKeyText, TrustedKeys } from "./signing.ts";

const statement: Statement = { statement: "flowstate.audit.test.v1", tenant_id: "acme", day: "2026-11-23" };
/** RFC 8410: the prefix of an ed25519 private key in PKCS #8. */
const PKCS8_PREFIX = "302e020100300506032b657004220420";
const SEED = "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7";
const PUBLIC = "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025";

const keyOfSeed = () =>
  new SigningKey(createPrivateKey({ key: Buffer.from(PKCS8_PREFIX + SEED, "hex"), format: "der", type: "pkcs8" }));
const newKey = () => new SigningKey(generateKeyPairSync("ed25519").privateKey);

describe("a signature", () => {
  it("is ed25519 over the statement's canonical JSON with the key's id in it", () => {
    const key = keyOfSeed();
    expect(publicKeyText(key.publicKey)).toBe(
      Buffer.from(`302a300506032b6570032100${PUBLIC}`, "hex").toString("base64"),
    );
    const { key_id, signature } = key.sign(statement);
    const signed = `{"day":"2026-11-23","key_id":"${key_id}","statement":"flowstate.audit.test.v1","tenant_id":"acme"}`;
    expect(verify(null, Buffer.from(signed), key.publicKey, signature)).toBe(true);
  });

  it("holds for what was signed, and for nothing else", () => {
    const key = newKey();
    const keys = new TrustedKeys([newKey().publicKey, key.publicKey]);
    const signature = key.sign(statement);
    expect(keys.check(statement, signature)).toBe("valid");
    expect(keys.check({ ...statement, day: "2026-11-24" }, signature)).toBe("wrong");
    expect(keys.check({ ...statement, statement: "flowstate.audit.other.v1" }, signature)).toBe("wrong");
    expect(keys.check(statement, { ...signature, signature: Buffer.alloc(64) })).toBe("wrong");
    expect(keys.check(statement, { ...signature, signature: Buffer.alloc(0) })).toBe("wrong");
  });

  it("by a key that is not trusted is told from a wrong one, also under a trusted key's id", () => {
    const [key, stranger] = [newKey(), newKey()];
    const keys = new TrustedKeys([key.publicKey]);
    expect(keys.check(statement, stranger.sign(statement))).toBe("unknown_key");
    expect(keys.check(statement, { ...stranger.sign(statement), key_id: key.id })).toBe("wrong");
  });
});

describe("a key as text", () => {
  it("is read back as it was written", () => {
    const { privateKey } = generateKeyPairSync("ed25519");
    const key = signingKeyText.parse(privateKey.export({ format: "der", type: "pkcs8" }).toString("base64"));
    const others = publicKeysText.parse(`${publicKeyText(key.publicKey)}, ${publicKeyText(newKey().publicKey)}`);
    expect(new TrustedKeys(others).check(statement, key.sign(statement))).toBe("valid");
  });

  const { privateKey: rsaLike } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  it.each([
    ["nothing", ""],
    ["no base64", "not a key"],
    ["another curve's key", rsaLike.export({ format: "der", type: "pkcs8" }).toString("base64")],
    ["a public key", publicKeyText(newKey().publicKey)],
  ])("is refused as a signing key when it is %s, without being quoted", (_what, text) => {
    const { error } = signingKeyText.safeParse(text);
    expect(error?.issues.map(({ message }) => message)).toEqual([
      "must be an ed25519 private key, base64 of PKCS #8 DER: npm run audit -- key makes one",
    ]);
  });

  it("is refused as a list of public keys when one of them is none", () => {
    expect(publicKeysText.safeParse(`${publicKeyText(newKey().publicKey)},`).success).toBe(false);
  });
});
