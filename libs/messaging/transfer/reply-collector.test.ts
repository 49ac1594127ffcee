// Real: the reply's chunks in plain text, as they are when they were opened. Nothing is doubled.
import { pushOutcomeSchema } from "@flowstate/contracts";
import { describe, expect, it } from "vitest";
import { ReplyCollector } from "./reply-collector.ts";

const OUTCOME = { result: "delivered", erp_http_status: 200, attempts: 1 };
const HEAD = { outcome: OUTCOME, content_bytes: 4, outside_ms: 12 };
const RECEIPT = { wiped_bytes: 20 };
const never = new AbortController().signal;

const chunkOf = (metadata: object) => Buffer.from(JSON.stringify(metadata));

/** What a caller makes of a reply of these chunks; content lies between the first and the last. */
async function answerTo(head: object, content: readonly Buffer[], receipt: object) {
  const reply = new ReplyCollector(pushOutcomeSchema);
  const chunks = [chunkOf(head), ...content, chunkOf(receipt)];
  for (const [index, chunk] of chunks.entries()) reply.take(chunk, { index, last: index === chunks.length - 1 });
  const { content: bytes, ...answer } = await reply.complete(never);
  using held = bytes;
  return { ...answer, content: held?.length };
}

describe("a reply", () => {
  const understood = { outcome: OUTCOME, content: 4, wipedBytes: 20, outsideMs: 12 };

  it("is what the instance says", async () => {
    expect(await answerTo(HEAD, [Buffer.from("ab"), Buffer.from("cd")], RECEIPT)).toEqual(understood);
  });

  it("of a newer instance may say more, and what it says more is left out", async () => {
    const head = { ...HEAD, waited_ms: 7, zone: "b" };
    expect(await answerTo(head, [Buffer.from("abcd")], { ...RECEIPT, scrubbed: true })).toEqual(understood);
  });

  it("of an older instance that does not say how long it waited outside is one that did not wait", async () => {
    const { outside_ms: _, ...head } = HEAD;
    expect(await answerTo(head, [Buffer.from("abcd")], RECEIPT)).toEqual({ ...understood, outsideMs: 0 });
  });

  it.each([
    ["an outcome with a field in which content could travel", { ...HEAD, outcome: { ...OUTCOME, message: "x" } }, 4],
    ["more content than it declares", HEAD, 5],
    ["less", HEAD, 3],
  ])("is refused with %s", async (_, head, bytes) => {
    await expect(answerTo(head, [Buffer.alloc(bytes)], RECEIPT)).rejects.toThrow("violated");
  });
});
