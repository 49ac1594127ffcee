// Real: the contracts' schema and the reading of messages. Doubled: the stream, whose messages are made here.
import { describe, expect, it } from "vitest";
import { eventHash } from "../chain/committed-event.ts";
import { messageOf, sampleEvent } from "../testing/sample-events.ts";
import { rowOfEvent } from "./event-row.ts";
import { readMessage } from "./read-message.ts";

const raw = (text: string, sequence: number) => ({
  data: Buffer.from(text, "latin1"),
  sequence,
});

describe("a message", () => {
  it("is read into a row with its place in the stream, its hash, and the trace it belongs to", () => {
    const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    const event = sampleEvent("mail.received", { traceparent });
    const read = readMessage(messageOf(event, 40));
    if ("rejected" in read) throw new Error("it was set aside");
    expect(read.event.row).toMatchObject(rowOfEvent(event, 40));
    expect(read.event.hash).toBe(eventHash(read.event.row));
    expect(read.traceparent).toBe(traceparent);
  });

  it.each([
    ["is empty", raw("", 9)],
    ["is not JSON", raw("{", 9)],
    ["is not UTF-8", raw('{"type":"\xff\xfe"}', 9)],
    ["is JSON of something else", raw("null", 9)],
    ["is of an unknown type", messageOf({ ...sampleEvent("mail.ignored"), type: "mail.forwarded" }, 9)],
    ["carries a field that is not on the closed list", messageOf({ ...sampleEvent("mail.ignored"), filename: "a" }, 9)],
    ["carries such a field in its data", messageOf(withData({ subject_line: "Invoice 4711" }), 9)],
    ["has a field of another shape", messageOf(withData({ mail_id: "4711" }), 9)],
    ["is of no time", messageOf({ ...sampleEvent("mail.ignored"), time: "2026-02-30T00:00:00Z" }, 9)],
  ])("is set aside when it %s, with its place and a code only", (_what, message) => {
    expect(readMessage(message)).toEqual({ rejected: { sequence: 9, code: "not_an_event" } });
  });
});

function withData(extra: Record<string, unknown>): unknown {
  const event = sampleEvent("mail.ignored");
  return { ...event, data: { ...event.data, ...extra } };
}
