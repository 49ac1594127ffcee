// Real: nats-server with the production permissions. Doubled: nothing; an administrator makes what must not be there.
import { type NatsServer, startNatsServer } from "@flowstate/local/servers/nats-server.ts";
import { AckPolicy, connect, type JetStreamManager, type NatsConnection } from "nats";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { DocumentsOverheardError, forbidOverlap, overlap } from "./forbid-overlap.ts";
import { provisionEvents } from "./provision-events.ts";

let server: NatsServer;
let admin: NatsConnection;
let manager: JetStreamManager;
const provision = () => provisionEvents({ url: server.url, password: server.passwords.admin });

beforeAll(async () => {
  server = await startNatsServer();
  await provision();
  admin = await connect({
    servers: server.url,
    user: "admin",
    pass: server.passwords.admin,
    inboxPrefix: "_INBOX_admin",
  });
  manager = await admin.jetstreamManager();
});
afterAll(async () => {
  await admin.close();
  await server[Symbol.asyncDispose]();
});
afterEach(async () => {
  await manager.streams.delete("SPY").catch(() => {});
});

describe("what is provisioned", () => {
  it("covers no subject of documents", async () => {
    await expect(forbidOverlap(manager)).resolves.toBeUndefined();
  });

  it.each([
    ["takes all documents", { subjects: ["flowstate.documents.>"] }],
    ["takes one service's", { subjects: ["flowstate.documents.extractor.frames.*"] }],
    ["takes whatever opens a transfer", { subjects: ["*.documents.*.open"] }],
    [
      "republishes to where documents pass",
      { subjects: ["x.>"], republish: { src: "x.>", dest: "flowstate.documents.>" } },
    ],
    ["mirrors somebody's documents", { mirror: { name: "OTHER", filter_subject: "flowstate.documents.>" } }],
    ["sources somebody's documents", { sources: [{ name: "OTHER", filter_subject: "flowstate.*.extractor.>" }] }],
  ])("is not provisioned beside a stream that %s", async (_what, config) => {
    await manager.streams.add({ name: "SPY", ...config });
    await expect(provision()).rejects.toBeInstanceOf(DocumentsOverheardError);
  });

  it("is not provisioned beside a consumer that delivers to where documents pass", async () => {
    await manager.streams.add({ name: "SPY", subjects: ["x.>"] });
    await manager.consumers.add("SPY", {
      durable_name: "spy",
      ack_policy: AckPolicy.None,
      deliver_subject: "flowstate.documents.extractor.open",
    });
    await expect(provision()).rejects.toBeInstanceOf(DocumentsOverheardError);
  });

  it("is provisioned beside other people's streams", async () => {
    await manager.streams.add({ name: "SPY", subjects: ["flowstate.documentation.>", "elsewhere.*"] });
    await expect(provision()).resolves.toBeUndefined();
  });
});

describe("two subjects", () => {
  it.each([
    ["a.b", "a.b", true],
    ["a.b", "a.c", false],
    ["a.*", "a.b", true],
    ["a.*", "a.b.c", false],
    ["a.>", "a.b.c", true],
    ["a.>", "a", false],
    [">", "a.b", true],
    ["*.b", "a.*", true],
    ["a.*.c", "a.b.>", true],
    ["a", "a.b", false],
  ])("%s and %s: %s", (one, other, expected) => {
    expect([overlap(one, other), overlap(other, one)]).toEqual([expected, expected]);
  });
});
