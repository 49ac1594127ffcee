// Real: nats-server with the production permissions, the identities that look. Doubled: nothing; an administrator makes what
// must not be there.
import { type NatsServer, startNatsServer } from "@flowstate/local/servers/nats-server.ts";
import { createLogger } from "@flowstate/runtime";
import { AckPolicy, type JetStreamManager } from "nats";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { connectEvents, type EventsConnection } from "../connection.ts";
import { provisionEvents } from "./provision-events.ts";
import { StructureWatch } from "./structure-watch.ts";

const INTERVAL_MS = 20;

let server: NatsServer;
let admin: EventsConnection;
let manager: JetStreamManager;
const lines: Record<string, unknown>[] = [];
const logger = createLogger("test", "debug", { write: (line) => void lines.push(JSON.parse(line)) });

beforeAll(async () => {
  server = await startNatsServer();
  await provisionEvents({ url: server.url, password: server.passwords.admin });
  admin = await connectEvents({ url: server.url, identity: "admin", password: server.passwords.admin, logger });
  manager = await admin.nats.jetstreamManager();
});
afterAll(async () => {
  await admin[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});
afterEach(async () => {
  await manager.streams.delete("SPY").catch(() => {});
  lines.length = 0;
});

function connect(identity: "ingest-events" | "audit"): Promise<EventsConnection> {
  return connectEvents({ url: server.url, identity, password: server.passwords[identity], logger });
}

describe.each(["ingest-events", "audit"] as const)("a watch of %s", (identity) => {
  it.each([
    ["takes all documents", { subjects: ["flowstate.documents.>"] }],
    ["takes the answers to them", { subjects: ["_INBOX_ingest_documents.>"] }],
    ["takes everybody's inboxes", { subjects: ["_INBOX_erp_pusher.*"] }],
    [
      "republishes to where documents pass",
      { subjects: ["x.>"], republish: { src: "x.>", dest: "flowstate.documents.>" } },
    ],
    ["mirrors somebody's documents", { mirror: { name: "OTHER", filter_subject: "flowstate.documents.>" } }],
  ])("sees a stream at run time that %s, and that it is gone", async (_what, config) => {
    await using connection = await connect(identity);
    using watch = await StructureWatch.begin(connection, logger, INTERVAL_MS);
    expect([watch.isClear, watch.isOverheard]).toEqual([true, false]);
    await manager.streams.add({ name: "SPY", ...config });
    await expect.poll(() => watch.isOverheard).toBe(true);
    expect(watch.isClear).toBe(false);
    await manager.streams.delete("SPY");
    await expect.poll(() => watch.isClear).toBe(true);
    expect(lines.map(({ event, peer }) => [event, peer])).toEqual([
      ["documents.overheard", identity],
      ["documents.unheard", identity],
    ]);
  });

  it("sees a consumer that delivers where the answers pass", async () => {
    await manager.streams.add({ name: "SPY", subjects: ["x.>"] });
    await manager.consumers.add("SPY", {
      durable_name: "spy",
      ack_policy: AckPolicy.None,
      deliver_subject: "_INBOX_ingest_documents.x",
    });
    await using connection = await connect(identity);
    using watch = await StructureWatch.begin(connection, logger, INTERVAL_MS);
    expect(watch.isOverheard).toBe(true);
  });
});

describe("a watch without the right to look", () => {
  it("knows nothing, which is not that all is well, and says so once", async () => {
    const { extractor: password } = server.passwords;
    await using connection = await connectEvents({ url: server.url, identity: "extractor", password, logger });
    using watch = await StructureWatch.begin(connection, logger, INTERVAL_MS);
    expect([watch.isClear, watch.isOverheard]).toEqual([false, false]);
    expect(lines.map(({ event }) => event)).toEqual(["documents.not_looked_after"]);
  });
});
