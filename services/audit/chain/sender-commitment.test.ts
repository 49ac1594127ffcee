// Pure: real hashes and signatures.
import { createHash, randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { KEY, KEYS, newSigningKey } from "../testing/sample-record.ts";
import { commitSender, eraseSender, newPseudonym, senderState } from "./sender-commitment.ts";

const ADDRESS = "billing@supplier.example";
function committed(address: string | null = ADDRESS) {
  return {
    event_id: randomUUID(),
    sender_email: address,
    ...commitSender(address),
    erasure_key_id: null,
    erasure_signature: null,
  };
}
function erased(sender = committed(), key = KEY) {
  return { ...sender, ...eraseSender(sender, newPseudonym(), key) };
}

describe("a sender's commitment", () => {
  it("is SHA-256 of a salt of 16 bytes and the address", () => {
    const { sender_salt, sender_commitment } = committed();
    expect(sender_salt).toHaveLength(16);
    const hash = createHash("sha256").update(Buffer.concat([sender_salt ?? Buffer.alloc(0), Buffer.from(ADDRESS)]));
    expect(sender_commitment).toEqual(hash.digest());
  });

  it("is another for each event, so that equal senders cannot be recognised by it", () => {
    expect(committed().sender_commitment).not.toEqual(committed().sender_commitment);
  });

  it("holds for the address that was recorded, and where none was", () => {
    expect(senderState(committed(), KEYS)).toBe("recorded");
    expect(senderState(committed(null), KEYS)).toBe("recorded");
  });
});

describe("an erasure", () => {
  it("leaves a pseudonym that no longer tells the address, and holds", () => {
    const sender = erased();
    expect(sender.sender_email).toMatch(/^forgotten-[0-9a-f]{12}@erased\.invalid$/);
    expect(sender.sender_salt).toBeNull();
    expect(senderState(sender, KEYS)).toBe("erased");
  });

  it("holds for its event and its pseudonym only", () => {
    const [one, other] = [erased(), erased()];
    const { erasure_key_id, erasure_signature } = other;
    expect(senderState({ ...one, erasure_key_id, erasure_signature }, KEYS)).toBe("erasure_unsigned");
    expect(senderState({ ...one, sender_email: newPseudonym() }, KEYS)).toBe("erasure_unsigned");
    expect(senderState({ ...one, sender_email: null }, KEYS)).toBe("erasure_unsigned");
  });

  it("is not missed where somebody has put back what was recorded", () => {
    const recorded = committed();
    const { sender_email, sender_salt } = recorded;
    const undone = { ...erased(recorded), sender_email, sender_salt, erasure_key_id: null, erasure_signature: null };
    expect(senderState(undone, KEYS)).toBe("recorded");
  });

  it("counts only when it is signed with a trusted key", () => {
    expect(senderState(erased(committed(), newSigningKey()), KEYS)).toBe("erasure_unsigned");
    expect(senderState({ ...committed(), sender_email: null, sender_salt: null }, KEYS)).toBe("erasure_unsigned");
  });
});

describe("a sender that was tampered with", () => {
  it.each<[string, (sender: ReturnType<typeof committed>) => Partial<ReturnType<typeof erased>>]>([
    ["another address", () => ({ sender_email: "other@supplier.example" })],
    ["no address", () => ({ sender_email: null })],
    ["another salt", () => ({ sender_salt: Buffer.alloc(16) })],
    [
      "the beginning of the address taken for salt",
      ({ sender_salt }) => ({
        sender_salt: Buffer.concat([sender_salt ?? Buffer.alloc(0), Buffer.from("b")]),
        sender_email: ADDRESS.slice(1),
      }),
    ],
    ["a signature beside the salt", (sender) => eraseSender(sender, ADDRESS, KEY) && { erasure_key_id: KEY.id }],
    ["no commitment", () => ({ sender_commitment: null })],
  ])("is found: %s", (_what, change) => {
    const sender = committed();
    expect(senderState({ ...sender, ...change(sender) }, KEYS)).toBe("changed");
  });

  it("is found where no address was recorded", () => {
    expect(senderState({ ...committed(null), sender_email: ADDRESS }, KEYS)).toBe("changed");
  });
});
