// Real: PostgreSQL with audit's schema, several connections at once, recording beside the rebuild. Doubled: the stream.
import { randomUUID } from "node:crypto";
import type { StreamMessage } from "@flowstate/messaging";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { REBUILDING_LOCK } from "../database/advisory-locks.ts";
import { type AuditDatabase, auditDatabase, recordingInto, silentLogger, testPool } from "../testing/audit-database.ts";
import { recordMessages } from "../testing/record-messages.ts";
import { documentEvent, messageOf, sampleEvent } from "../testing/sample-events.ts";
import { compareDocumentEvents, type DocumentEvent } from "./document-event.ts";
import { type FoldedDocument, foldedDocumentSchema } from "./document-row.ts";
import { DOCUMENTS_VERSION, foldDocument } from "./fold-document.ts";
import { keepDocumentsCurrent } from "./keep-current.ts";
import { type RebuildProgress, rebuildDocuments } from "./rebuild-documents.ts";

let database: AuditDatabase;
beforeEach(async () => {
  database = await auditDatabase();
});
afterEach(async () => {
  await database[Symbol.asyncDispose]();
});

const query = async (sql: string): Promise<unknown[]> => (await database.pool.query(sql)).rows;
const record = (batch: readonly StreamMessage[], pool = database.pool) => recordMessages(recordingInto(pool), batch);
const documents = async (): Promise<FoldedDocument[]> =>
  foldedDocumentSchema.array().parse(await query("SELECT * FROM documents ORDER BY document_id"));
const at = (second: number) => new Date(Date.UTC(2026, 10, 23, 9, 0, second)).toISOString();

/** The messages of so many delivered documents. */
function journeys(count: number): StreamMessage[] {
  const types = ["document.received", "document.extracted", "document.delivered", "document.wiped"] as const;
  return Array.from({ length: count }, () => ({ document_id: randomUUID() })).flatMap((data, document) =>
    types.map((type, step) => messageOf(sampleEvent(type, { time: at(step), data }), document * types.length + step)),
  );
}

/** A message with what the fold makes of it. */
interface Told {
  readonly message: StreamMessage;
  readonly event: DocumentEvent;
}

const DOCUMENT_TYPES = [
  "document.received",
  "document.extracted",
  "document.delivered",
  "document.refused",
  "document.invalid",
  "document.undeliverable",
  "document.deferred",
  "document.duplicate",
  "document.wiped",
] as const;

/** Events of three documents, few different times, and the order, repetition and batches in which they arrive. */
const arrivals = fc
  .array(
    fc.record({
      type: fc.constantFrom(...DOCUMENT_TYPES),
      document: fc.nat({ max: 2 }),
      second: fc.nat({ max: 5 }),
      sequence: fc.nat({ max: 8 }),
      pageCount: fc.option(fc.nat({ max: 9 }), { nil: undefined }),
      traced: fc.boolean(),
    }),
    { minLength: 1, maxLength: 24 },
  )
  .chain((facts) =>
    fc.record({
      facts: fc.constant(facts),
      arrival: fc.array(fc.nat({ max: facts.length - 1 }), { maxLength: 40 }),
      late: fc.shuffledSubarray([...facts.keys()], { minLength: facts.length }),
      batchSize: fc.integer({ min: 1, max: 12 }),
      atOnce: fc.boolean(),
    }),
  );

interface Fact {
  readonly type: (typeof DOCUMENT_TYPES)[number];
  readonly document: number;
  readonly second: number;
  readonly sequence: number;
  readonly pageCount: number | undefined;
  readonly traced: boolean;
}

function tell(facts: readonly Fact[]): Told[] {
  const documentIds = [randomUUID(), randomUUID(), randomUUID()];
  return facts.map(({ type, document, second, sequence, pageCount, traced }) => {
    const data = {
      document_id: documentIds[document] ?? "",
      ...(type === "document.deferred" && { page_count: pageCount }),
    };
    const traceparent = `00-${randomUUID().replaceAll("-", "")}-00f067aa0ba902b7-01`;
    const event = sampleEvent(type, { time: at(second), data, ...(traced && { traceparent }) });
    return { message: messageOf(event, sequence), event: documentEvent(event, sequence) };
  });
}

function foldAll(told: readonly Told[]): FoldedDocument[] {
  const histories = Map.groupBy(
    told.map(({ event }) => event),
    ({ document_id }) => document_id,
  );
  return [...histories.values()]
    .flatMap((events) => events.sort(compareDocumentEvents).reduce<FoldedDocument[]>(foldOnto, []))
    .sort((a, b) => (a.document_id < b.document_id ? -1 : 1));
}
const foldOnto = ([row]: readonly FoldedDocument[], event: DocumentEvent) => [foldDocument(row, event)];

describe("a document's row", () => {
  it("is the fold of its events, in whatever order, how often and in which batches they arrive, and a rebuild changes nothing", async () => {
    const other = testPool(database.url);
    await fc.assert(
      fc.asyncProperty(arrivals, async ({ facts, arrival, late, batchSize, atOnce }) => {
        await query("TRUNCATE events, documents");
        const told = tell(facts);
        const order = [...arrival, ...late].flatMap((index) => told[index]?.message ?? []);
        const batches: StreamMessage[][] = [];
        for (let start = 0; start < order.length; start += batchSize) {
          batches.push(order.slice(start, start + batchSize));
        }
        if (atOnce) {
          await Promise.all(batches.map((batch, index) => record(batch, index % 2 === 0 ? database.pool : other)));
        } else {
          for (const batch of batches) await record(batch);
        }
        const expected = foldAll(told);
        expect(await documents()).toEqual(expected);
        expect(await rebuildDocuments({ pool: database.pool })).toBe("rebuilt");
        expect(await documents()).toEqual(expected);
      }),
      { numRuns: 60 },
    );
    await other.end();
  });

  it("is folded from history when an earlier version of the fold has made it", async () => {
    const [received, extracted, ...others] = journeys(1);
    if (received === undefined || extracted === undefined) throw new TypeError("a journey has four events");
    await record([received, extracted]);
    await query(`UPDATE documents SET projection_version = ${DOCUMENTS_VERSION - 1}, provider = 'misread'`);
    await record(others);
    expect(await documents()).toMatchObject([{ provider: "gemini", projection_version: DOCUMENTS_VERSION }]);
  });
});

describe("a rebuild", () => {
  it("brings back what was changed, removed or made up, and nothing else", async () => {
    await record(journeys(1_200));
    const before = await documents();
    await query(`
      UPDATE documents SET status = 'refused', sender_email = NULL WHERE document_id < '55555555-0000-0000-0000-000000000000';
      DELETE FROM documents WHERE document_id > 'aaaaaaaa-0000-0000-0000-000000000000';
      INSERT INTO documents
        SELECT (jsonb_populate_record(d, jsonb_build_object('document_id', gen_random_uuid()))).* FROM documents AS d LIMIT 50`);
    expect(await documents()).not.toEqual(before);
    const told: RebuildProgress[] = [];
    await rebuildDocuments({ pool: database.pool, onProgress: (progress) => told.push(progress) });
    expect(await documents()).toEqual(before);
    expect(told[0]).toEqual({ done: 0, total: 1_200 });
    expect(told.length).toBeGreaterThan(2);
    expect(told.at(-1)?.done).toBeGreaterThanOrEqual(1_200);
  });

  it("records its version and when it was finished, and how far it has come until then", async () => {
    await record(journeys(600));
    const projection = "SELECT version, rebuilt_at, rebuild_done, rebuild_total FROM projections";
    const stopping = new AbortController();
    const stopAfterOne = ({ done }: RebuildProgress) => {
      if (done > 0) stopping.abort();
    };
    const stopped = await rebuildDocuments({ pool: database.pool, signal: stopping.signal, onProgress: stopAfterOne });
    expect(stopped).toBe("stopped");
    const unfinished = { version: String(DOCUMENTS_VERSION), rebuild_total: "600" };
    expect(await query(projection)).toEqual([{ ...unfinished, rebuilt_at: null, rebuild_done: "500" }]);
    const now = () => new Date(at(30));
    expect(await rebuildDocuments({ pool: database.pool, now })).toBe("rebuilt");
    expect(await query(projection)).toEqual([{ ...unfinished, rebuilt_at: new Date(at(30)), rebuild_done: "600" }]);
  });

  it("goes on beside recording, and loses nothing of what is recorded meanwhile", async () => {
    const early = journeys(1_500);
    await record(early.filter((_message, index) => index % 4 < 2));
    const late = early.filter((_message, index) => index % 4 >= 2);
    const recordingLate = async () => {
      for (let start = 0; start < late.length; start += 100) await record(late.slice(start, start + 100));
    };
    const [outcome] = await Promise.all([rebuildDocuments({ pool: database.pool }), recordingLate()]);
    expect(outcome).toBe("rebuilt");
    const afterwards = await documents();
    expect(new Set(afterwards.map(({ status }) => status))).toEqual(new Set(["delivered"]));
    await rebuildDocuments({ pool: database.pool });
    expect(await documents()).toEqual(afterwards);
  });

  it("is done by one instance at a time", async () => {
    await record(journeys(3));
    const elsewhere = await database.pool.connect();
    await elsewhere.query(`SELECT pg_advisory_lock(${REBUILDING_LOCK}, 0)`);
    expect(await rebuildDocuments({ pool: database.pool })).toBe("under_way_elsewhere");
    await elsewhere.query(`SELECT pg_advisory_unlock(${REBUILDING_LOCK}, 0)`);
    elsewhere.release();
    expect(await rebuildDocuments({ pool: database.pool })).toBe("rebuilt");
    expect(await rebuildDocuments({ pool: database.pool })).toBe("rebuilt");
  });
});

describe("a version of the fold", () => {
  const keepCurrent = () =>
    keepDocumentsCurrent({ pool: database.pool, logger: silentLogger, signal: new AbortController().signal });

  it("rebuilds at its start what an earlier one has made, and what was not finished", async () => {
    await record(journeys(3));
    for (const stale of [`version = ${DOCUMENTS_VERSION - 1}`, "rebuilt_at = NULL"]) {
      await keepCurrent();
      await query(`UPDATE projections SET ${stale}; UPDATE documents SET status = 'refused'`);
      await keepCurrent();
      expect(new Set((await documents()).map(({ status }) => status))).toEqual(new Set(["delivered"]));
    }
  });

  it("leaves alone what is current", async () => {
    await record(journeys(3));
    await keepCurrent();
    await query("UPDATE documents SET status = 'refused'");
    await keepCurrent();
    expect(new Set((await documents()).map(({ status }) => status))).toEqual(new Set(["refused"]));
  });

  it("leaves recording to a newer one that has begun to rebuild, until it rebuilds itself", async () => {
    await record(journeys(1));
    await keepCurrent();
    await query(`UPDATE projections SET version = ${DOCUMENTS_VERSION + 1}`);
    await keepCurrent();
    const later = journeys(1);
    await expect(record(later)).rejects.toMatchObject({ code: "projection_outdated" });
    expect(await query("SELECT count(*)::int AS n FROM events")).toEqual([{ n: 4 }]);
    await rebuildDocuments({ pool: database.pool });
    await record(later);
    expect(await documents()).toHaveLength(2);
  });
});
