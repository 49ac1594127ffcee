import { describe, expect, it } from "vitest";
import { inboxPrefix } from "./subjects.ts";
import { openReplySchema, openRequestSchema, TRANSFER_VERSION } from "./transfer.ts";

/* Real: the schemas of the transfer's opening. Nothing is doubled. */

const request = {
  version: TRANSFER_VERSION,
  size_bytes: 20_480,
  reply_to: `${inboxPrefix("ingest-documents")}.A1b2C3d4.E5f6`,
};

describe("the request to open a transfer", () => {
  it("is accepted with an inbox of the caller's own", () => {
    expect(openRequestSchema.safeParse(request).error).toBeUndefined();
  });

  it.each([
    "flowstate.events.mail.received.acme",
    "flowstate.documents.erp-pusher.open",
    "$JS.API.STREAM.DELETE.FLOWSTATE_EVENTS",
    "_INBOX_ingest_documents",
    "_INBOX_ingest_documents.>",
    "_INBOX_ingest_documents.*",
    "_INBOX_ingest_documents.a b",
    "_INBOX_ingest_documents.a\r\nPUB x 0\r\n",
    "_INBOX_ingest_documents..a",
    "_INBOX_ingest_documents.a.",
  ])("cannot make an instance publish to %j", (reply_to) => {
    expect(openRequestSchema.safeParse({ ...request, reply_to }).success).toBe(false);
  });

  it.each([-1, 1.5, "20480", null, 2 ** 53])("does not take %j as a size", (size_bytes) => {
    expect(openRequestSchema.safeParse({ ...request, size_bytes }).success).toBe(false);
  });

  it("of another version is refused, not guessed at", () => {
    expect(openRequestSchema.safeParse({ ...request, version: TRANSFER_VERSION + 1 }).success).toBe(false);
  });
});

describe("the answer to it", () => {
  const granted = {
    answer: "granted",
    transfer_id: "0123456789abcdef0123456789abcdef",
    public_key: "3p7bfXt9wbTTW2HC7OQ1Nz-DQ8hbeGdNrfx-FG-IK08",
    chunk_bytes: 262_144,
    window: 8,
  };

  it.each([granted, { answer: "busy", retry_after_ms: 100 }, { answer: "too_large" }, { answer: "malformed" }])(
    "may be $answer",
    (reply) => {
      expect(openReplySchema.safeParse(reply).error).toBeUndefined();
    },
  );

  it.each([
    ["transfer_id", "*"],
    ["transfer_id", "0123456789ABCDEF0123456789ABCDEF"],
    ["public_key", "not base64url!"],
    ["chunk_bytes", 0],
    ["window", 0],
    ["window", Number.POSITIVE_INFINITY],
  ])("never grants with %s %j", (field, value) => {
    expect(openReplySchema.safeParse({ ...granted, [field]: value }).success).toBe(false);
  });
});
