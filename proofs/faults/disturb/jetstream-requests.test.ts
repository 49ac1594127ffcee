// Real: what a NATS client says, byte for byte. Doubled: the two sockets, which keep what is written to them.
import { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { JetStreamRequests } from "./jetstream-requests.ts";

const SUBSCRIBED = "SUB _INBOX.a.* 7\r\n";
const TO_JETSTREAM = "HPUB flowstate.events.mail.received.acme _INBOX.a.b 4 8\r\nhead\r\nxx\r\n";
const ELSEWHERE = "PUB flowstate.documents.x _INBOX.a.c 2\r\n\r\n\r\n";

class Written extends Socket {
  text = "";

  override write(bytes: Uint8Array | string): boolean {
    this.text += String(bytes);
    return true;
  }
}

function connection() {
  const [service, broker] = [new Written(), new Written()];
  const jetstream = new JetStreamRequests();
  const passage = jetstream.watch(service, broker);
  return { service, broker, jetstream, say: (words: string) => String(passage.take(Buffer.from(words))) };
}

describe("on a connection to the broker", () => {
  it("everything passes while JetStream is well, in whatever pieces it comes", () => {
    const { say } = connection();
    const words = SUBSCRIBED + TO_JETSTREAM + ELSEWHERE;
    expect([...words].map(say).join("")).toBe(words);
  });

  it("nothing for JetStream passes while it hangs, and everything else does", async () => {
    const { say, jetstream, service } = connection();
    await jetstream.begin("hang");
    expect(say(SUBSCRIBED + TO_JETSTREAM + ELSEWHERE)).toBe(SUBSCRIBED + ELSEWHERE);
    expect(service.text).toBe("");
    await jetstream.end();
    expect(say(TO_JETSTREAM)).toBe(TO_JETSTREAM);
  });

  it("whoever asks JetStream is told that nobody is there while it refuses", async () => {
    const { say, jetstream, service } = connection();
    say(SUBSCRIBED);
    await jetstream.begin("refuse");
    expect(say(TO_JETSTREAM)).toBe("");
    expect(service.text).toBe("HMSG _INBOX.a.b 7 16 16\r\nNATS/1.0 503\r\n\r\n\r\n");
  });

  it("whoever asks JetStream gets no JSON while it answers garbage", async () => {
    const { say, jetstream, service } = connection();
    say(SUBSCRIBED);
    await jetstream.begin("garbage");
    expect(say(TO_JETSTREAM)).toBe("");
    expect(service.text).toMatch(/^MSG _INBOX\.a\.b 7 \d+\r\n/);
  });

  it("it is met by what a mail has stored, not by what audit asks all the time", async () => {
    const { say, jetstream } = connection();
    say(TO_JETSTREAM);
    await jetstream.begin("hang");
    say(`${SUBSCRIBED}${ELSEWHERE}PUB $JS.API.INFO _INBOX.a.d 0\r\n\r\n`);
    expect(await jetstream.met()).toBe(0);
    say(TO_JETSTREAM);
    expect(await jetstream.met()).toBe(1);
  });

  it("JetStream is asked later while it is slow", async () => {
    const { say, jetstream, broker } = connection();
    await jetstream.begin("slow");
    expect(say(TO_JETSTREAM)).toBe("");
    await expect.poll(() => broker.text).toBe(TO_JETSTREAM);
  });
});
