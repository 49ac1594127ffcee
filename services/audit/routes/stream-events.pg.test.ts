// Real: the endpoint over connections of its own, PostgreSQL with events stored as they are recorded. Doubled: nothing; a
// database that is away is one that lets nobody in.
import { randomUUID } from "node:crypto";
import type { Socket } from "node:net";
import { createHttpServer } from "@flowstate/runtime";
import type { FastifyInstance } from "fastify";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { RecordingPulse } from "../live/recording-pulse.ts";
import { ADMIN_KEY, KEY, OTHER_KEY, OTHER_TENANT, testAccess, testApi } from "../testing/audit-api.ts";
import { type AuditDatabase, auditDatabase, recordingInto, silentLogger, testPool } from "../testing/audit-database.ts";
import { recordMessages } from "../testing/record-messages.ts";
import { messageOf, sampleEvent, TENANT } from "../testing/sample-events.ts";
import { StreamClient } from "../testing/stream-client.ts";
import { Places } from "./places.ts";
import { streamEvents } from "./stream-events.ts";

const SOON = { timeout: 20_000, interval: 20 };

let database: AuditDatabase;
let api: FastifyInstance;
let url: string;
let sequence = 0;
const nextSequence = () => {
  sequence += 1;
  return sequence;
};
const clients: StreamClient[] = [];

beforeEach(async () => {
  database = await auditDatabase();
  api = testApi(database);
  url = await api.listen({ host: "127.0.0.1", port: 0 });
});
afterEach(async () => {
  for (const client of clients.splice(0)) client[Symbol.dispose]();
  await api.close();
  await database[Symbol.asyncDispose]();
});

async function open(...[key, options]: [key?: string, options?: { query?: string; lastEventId?: number | string }]) {
  const client = await StreamClient.open(url, { key: key ?? KEY, ...options });
  clients.push(client);
  return client;
}

/** Records events about one document each, in one batch, and resolves with the documents' ids. */
async function record(count: number, tenant = TENANT): Promise<readonly string[]> {
  const ids = Array.from({ length: count }, () => randomUUID());
  const events = ids.map((document_id) =>
    sampleEvent("document.received", { data: { document_id, tenant_id: tenant } }),
  );
  const messages = events.map((event) => messageOf(event, nextSequence()));
  await recordMessages(recordingInto(database.pool), messages);
  return ids;
}

const upTo = (last: number, first = 1) => Array.from({ length: last - first + 1 }, (_, index) => first + index);

describe("the live tail", () => {
  it("says first that it is there and from where, and then each event with where its document stands", async () => {
    await record(3);
    const client = await open();
    await expect.poll(() => client.messages, SOON).toEqual([{ id: 3, event: "ready", data: { position: 3 } }]);
    const [documentId] = await record(1);
    await expect.poll(() => client.messages.length, SOON).toBe(2);
    expect(client.messages[1]).toMatchObject({
      id: 4,
      event: "recorded",
      data: {
        event: { type: "document.received", data: { document_id: documentId } },
        document: { document_id: documentId, status: "received" },
      },
    });
  });

  it("tells mails without a document, and only the operator what is nobody's", async () => {
    const [ours, all] = [await open(), await open(ADMIN_KEY)];
    const events = [sampleEvent("mail.received"), sampleEvent("mail.unroutable"), sampleEvent("mail.ignored")];
    const messages = events.map((event) => messageOf(event, nextSequence()));
    await recordMessages(recordingInto(database.pool), messages);
    await expect
      .poll(() => [ours.recorded, all.recorded], SOON)
      .toEqual([
        [1, 3],
        [1, 2, 3],
      ]);
    expect(ours.messages[1]).toMatchObject({ data: { event: { type: "mail.received" }, document: null } });
  });

  it("tells each tenant its own events", async () => {
    const [ours, theirs, all, named] = [
      await open(),
      await open(OTHER_KEY),
      await open(ADMIN_KEY),
      await open(ADMIN_KEY, { query: `?tenant=${OTHER_TENANT}` }),
    ];
    for (const tenant of [TENANT, OTHER_TENANT, TENANT]) await record(2, tenant);
    await expect
      .poll(() => [ours, theirs, all, named].map(({ recorded }) => recorded), SOON)
      .toEqual([
        [1, 2, 5, 6],
        [3, 4],
        [1, 2, 3, 4, 5, 6],
        [3, 4],
      ]);
  });

  it("goes on after a cut where it was, by header or by parameter: nothing is missed, nothing comes twice", async () => {
    const EVENTS = 600;
    const seen: number[] = [];
    const recording = (async () => {
      for (let recorded = 0; recorded < EVENTS; recorded += 20) await record(20);
    })();
    let last = 0;
    let cuts = 0;
    while (seen.length < EVENTS) {
      const client = await open(KEY, cuts % 2 === 0 ? { lastEventId: last } : { query: `?after=${last}` });
      const enough = 1 + ((cuts * 37) % 90);
      await expect.poll(() => client.recorded.length >= Math.min(enough, EVENTS - seen.length), SOON).toBe(true);
      const read = client.recorded.slice(0, enough);
      seen.push(...read);
      last = read.at(-1) ?? last;
      client[Symbol.dispose]();
      cuts += 1;
    }
    await recording;
    expect(seen).toEqual(upTo(EVENTS));
    expect(cuts).toBeGreaterThan(5);
  });

  it("catches up page by page with what was recorded before it began", async () => {
    await record(250);
    const client = await open(KEY, { query: "?after=20" });
    await expect.poll(() => client.recorded.length, SOON).toBe(230);
    expect(client.recorded).toEqual(upTo(250, 21));
  });

  it("begins at the newest event when the client has seen what this database has forgotten", async () => {
    await record(2);
    const client = await open(KEY, { lastEventId: 1_000 });
    await expect.poll(() => client.messages, SOON).toEqual([{ id: 2, event: "ready", data: { position: 2 } }]);
    await record(1);
    await expect.poll(() => client.recorded, SOON).toEqual([3]);
  });

  it("refuses what is no position for the last event seen", async () => {
    for (const position of ["-1", "1.5", "x", "0x10", "99999999999999999", "9007199254740993", "1, 2"]) {
      await expect(open(KEY, { lastEventId: position }), position).rejects.toThrow("400");
      await expect(open(KEY, { query: `?after=${encodeURIComponent(position)}` }), position).rejects.toThrow("400");
    }
  });

  it("holds no more than a page for a reader that does not read, however many there are", async () => {
    const sockets: Socket[] = [];
    api.server.on("connection", (socket: Socket) => sockets.push(socket));
    const slow = await Promise.all(Array.from({ length: 20 }, () => open(KEY, { query: "?after=0" })));
    for (const client of slow) client.pause();
    const quick = await open(ADMIN_KEY, { query: "?after=0" });
    for (let batch = 0; batch < 20; batch += 1) await record(250);
    await expect.poll(() => quick.recorded.length, SOON).toBe(5_000);
    const held = sockets.map(({ writableLength }) => writableLength);
    process.stdout.write(
      `held for readers that do not read: at most ${Math.max(...held)} bytes each, of 5000 events\n`,
    );
    expect(Math.max(...held)).toBeLessThan(512 * 1024);
    for (const client of slow) client.resume();
    for (const client of slow) await expect.poll(() => client.recorded.length, SOON).toBe(5_000);
    expect(slow[0]?.recorded).toEqual(upTo(5_000));
  }, 60_000);

  it("has places for so many streams of a key, and gives a place on when one is left", async () => {
    const all = await Promise.all(Array.from({ length: 32 }, () => open()));
    await expect(open()).rejects.toThrow("429");
    await open(OTHER_KEY);
    all[0]?.[Symbol.dispose]();
    await expect
      .poll(
        () =>
          open().then(
            () => true,
            () => false,
          ),
        SOON,
      )
      .toBe(true);
  });

  it("ends when the server closes, which waits for no reader", async () => {
    const readers = [await open(), await open(OTHER_KEY)];
    const stuck = await open();
    stuck.pause();
    await api.close();
    expect(await Promise.all(readers.map(({ over }) => over))).toEqual(["ended", "ended"]);
  });

  it("says that it pauses while the database is away, and tells afterwards what was recorded meanwhile", async () => {
    const client = await open();
    await record(2);
    await expect.poll(() => client.recorded, SOON).toEqual([1, 2]);
    const pool = testPool(new URL("/postgres", database.url).href);
    const name = new URL(database.url).pathname.slice(1);
    await pool.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
    await pool.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", [name]);
    await expect(record(1)).rejects.toThrow();
    await expect.poll(() => client.messages.at(-1)?.event, SOON).toBe("paused");
    await expect(open()).rejects.toThrow("503");
    // A pool gives out a connection that was ended until it has read so.
    await expect.poll(() => database.pool.totalCount + database.apiPool.totalCount, SOON).toBe(0);
    await pool.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
    await pool.end();
    await record(3);
    await expect.poll(() => client.recorded, SOON).toEqual([1, 2, 3, 4, 5]);
    const told = client.messages.map(({ event }) => event);
    expect(told.filter((event) => event === "paused")).toHaveLength(1);
  }, 60_000);
});

describe("a stream in which nothing happens", () => {
  it("is kept alive with comments", async () => {
    const server = createHttpServer({ logger: silentLogger, requestTimeoutMs: 5_000 });
    const closing = new AbortController();
    server.addHook("preClose", async () => closing.abort());
    streamEvents(server, testAccess(database), {
      pulse: new RecordingPulse({ readPosition: async () => 0, logger: silentLogger }),
      places: new Places({ inAll: 1, perKey: 1 }),
      closing: closing.signal,
      aliveMs: 20,
    });
    const base = await server.listen({ host: "127.0.0.1", port: 0 });
    const client = await StreamClient.open(base, { key: KEY });
    await expect.poll(() => client.comments, SOON).toBeGreaterThan(2);
    expect(client.messages).toEqual([{ id: 0, event: "ready", data: { position: 0 } }]);
    await expect(StreamClient.open(base, { key: OTHER_KEY })).rejects.toThrow("503");
    await server.close();
    expect(await client.over).toBe("ended");
  });
});
