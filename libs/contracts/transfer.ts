import { z } from "zod";

/**
 * The wire contract of a sealed transfer (ARCHITECTURE.md, "Sealed transfer"). Open, grant and busy are JSON; frames are
 * binary and defined beside the code that seals them, in `libs/messaging`.
 */

export const TRANSFER_VERSION = 1;

/** Milliseconds the caller still has, relative so that clocks need not agree. */
export const DEADLINE_HEADER = "flowstate-deadline-ms";
/** W3C Trace Context. NATS headers are case-sensitive: always lower case. */
export const TRACEPARENT_HEADER = "traceparent";

/** 128 random bits in lower-case hexadecimal. */
const transferIdSchema = z.string().regex(/^[0-9a-f]{32}$/);

/** The caller asks any instance to take this many bytes of content. */
export const openRequestSchema = z.strictObject({
  version: z.literal(TRANSFER_VERSION),
  size_bytes: z.int().nonnegative(),
  /** Where the instance sends its credits and the sealed reply. */
  reply_to: z.string().regex(/^_INBOX_[A-Za-z0-9_]+(?:\.[A-Za-z0-9]+)+$/),
});

export const openReplySchema = z.discriminatedUnion("answer", [
  z.strictObject({
    answer: z.literal("granted"),
    transfer_id: transferIdSchema,
    /** One-time X25519 public key, base64url. */
    public_key: z.base64url(),
    /** Plaintext bytes per frame, both directions. */
    chunk_bytes: z.int().positive(),
    /** Frames that may be under way unacknowledged, both directions. */
    window: z.int().positive(),
  }),
  z.strictObject({ answer: z.literal("busy"), retry_after_ms: z.int().positive() }),
  z.strictObject({ answer: z.literal("too_large") }),
  z.strictObject({ answer: z.literal("malformed") }),
]);
export type OpenReply = z.infer<typeof openReplySchema>;
