import { hash, randomBytes } from "node:crypto";
import type { ChainedEvent } from "./chained-event.ts";
import type { SigningKey, Statement, TrustedKeys } from "./signing.ts";

/**
 * The sender's address is the one personal datum that is kept, and the one field that may change: on request it is replaced
 * by a pseudonym. What is hashed is therefore not the address but SHA-256(salt ‖ address). With the salt anybody can check
 * that the address is the one that was recorded; without it nobody can find out which it was.
 */

/** Of fixed length, so that no part of the address can be taken for salt. */
const SALT_BYTES = 16;
const PSEUDONYM_BYTES = 6;

type Sender = Pick<ChainedEvent, "sender_email" | "sender_salt" | "sender_commitment">;
type CommittedSender = Sender & Pick<ChainedEvent, "event_id" | "erasure_key_id" | "erasure_signature">;

/** The commitment to a new event's sender, with a salt of its own: equal senders cannot be recognised by it. */
export function commitSender(address: string | null): Omit<Sender, "sender_email"> {
  if (address === null) return { sender_salt: null, sender_commitment: null };
  const salt = nextSalt();
  return { sender_salt: salt, sender_commitment: commitmentTo(salt, address) };
}

/** Random bytes come many at a time: asking for them is what costs. */
const SALTS_AT_ONCE = 1_024;
let salts = Buffer.alloc(0);

function nextSalt(): Buffer {
  if (salts.length === 0) salts = randomBytes(SALT_BYTES * SALTS_AT_ONCE);
  const salt = salts.subarray(0, SALT_BYTES);
  salts = salts.subarray(SALT_BYTES);
  return salt;
}

/** A name that stands for one erasure's address, and for nothing else: it is random. */
export function newPseudonym(): string {
  return `forgotten-${randomBytes(PSEUDONYM_BYTES).toString("hex")}@erased.invalid`;
}

/** What takes the place of the sender in the row of one event. */
export function eraseSender(
  event: Pick<ChainedEvent, "event_id" | "sender_commitment">,
  pseudonym: string,
  key: SigningKey,
): Omit<CommittedSender, "sender_commitment"> {
  const { key_id, signature } = key.sign(erasureStatement({ ...event, sender_email: pseudonym }));
  return {
    event_id: event.event_id,
    sender_email: pseudonym,
    sender_salt: null,
    erasure_key_id: key_id,
    erasure_signature: signature,
  };
}

/** `recorded` and `erased` are as they must be; the others are tampering. */
export type SenderState = "recorded" | "erased" | "changed" | "erasure_unsigned";

/** Whether the sender's columns are what was recorded, or what a signed erasure left. */
export function senderState(event: CommittedSender, keys: TrustedKeys): SenderState {
  const { sender_email, sender_salt, sender_commitment, erasure_key_id, erasure_signature } = event;
  const erasureTouched = erasure_key_id !== null || erasure_signature !== null;
  if (sender_commitment === null) {
    return sender_email === null && sender_salt === null && !erasureTouched ? "recorded" : "changed";
  }
  if (sender_salt !== null) {
    const holds =
      sender_email !== null &&
      !erasureTouched &&
      sender_salt.length === SALT_BYTES &&
      commitmentTo(sender_salt, sender_email).equals(sender_commitment);
    return holds ? "recorded" : "changed";
  }
  if (erasure_key_id === null || erasure_signature === null) return "erasure_unsigned";
  const signature = { key_id: erasure_key_id, signature: erasure_signature };
  return keys.check(erasureStatement(event), signature) === "valid" ? "erased" : "erasure_unsigned";
}

function commitmentTo(salt: Buffer, address: string): Buffer {
  return hash("sha256", Buffer.concat([salt, Buffer.from(address, "utf8")]), "buffer");
}

function erasureStatement({
  event_id,
  sender_commitment,
  sender_email,
}: Pick<ChainedEvent, "event_id" | "sender_commitment" | "sender_email">): Statement {
  return {
    statement: "flowstate.audit.erasure.v1",
    event_id,
    sender_commitment,
    sender_email,
  };
}
