// Real: PostgreSQL, audit's schema and its recording. Doubled: the stream, by messages that are handed over.
import { type EventType, FINAL_EVENT_TYPES } from "@flowstate/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type AuditDatabase, auditDatabase, recordingInto } from "../../../services/audit/testing/audit-database.ts";
import { recordMessages } from "../../../services/audit/testing/record-messages.ts";
import { DOCUMENT_ID, messageOf, sampleEvent } from "../../../services/audit/testing/sample-events.ts";
import { KEY_TEXT } from "../../../services/audit/testing/sample-record.ts";
import { NOT_ON_RECORD, RecordReader } from "./read-record.ts";

const UNKNOWN = "0b8e7a2c-90c4-8f64-8d5e-5d1f2c3b4aff";
let database: AuditDatabase;
let reader: RecordReader;
beforeEach(async () => {
  database = await auditDatabase();
  reader = new RecordReader(database.url, KEY_TEXT);
});
afterEach(async () => {
  await reader[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

async function record(...types: readonly EventType[]): Promise<void> {
  const messages = types.map((type, index) => messageOf(sampleEvent(type), index + 1));
  await recordMessages(recordingInto(database.pool), messages);
}

describe("what the record has of a document", () => {
  it("is its ends, of which types it has events, and what the list of documents shows", async () => {
    await record("document.received", "document.claimed", "document.extracted", "document.delivered");
    const records = await reader.of([DOCUMENT_ID, UNKNOWN]);
    expect(records.get(DOCUMENT_ID)).toEqual({
      ends: [{ type: "document.delivered", code: null }],
      told: new Set(["document.received", "document.claimed", "document.extracted", "document.delivered"]),
      status: "delivered",
    });
    expect(records.get(UNKNOWN)).toEqual(NOT_ON_RECORD);
  });

  it("is every end, when there are several", async () => {
    await record("document.received", ...FINAL_EVENT_TYPES);
    expect((await reader.of([DOCUMENT_ID])).get(DOCUMENT_ID)?.ends).toHaveLength(FINAL_EVENT_TYPES.length);
  });
});

describe("the record as a whole", () => {
  it("holds as audit has written it, and not when an event is gone", async () => {
    await record("document.received", "document.claimed", "document.delivered");
    expect(await reader.faults()).toEqual([]);
    await database.pool.query("DELETE FROM events WHERE type = 'document.claimed'");
    expect(await reader.faults()).not.toEqual([]);
  });

  it("does not hold when a message was set aside", async () => {
    await recordMessages(recordingInto(database.pool), [{ data: Buffer.from("{"), sequence: 1 }]);
    expect(await reader.faults()).toEqual([expect.stringMatching(/^1 message\(s\) were set aside: /)]);
  });
});
