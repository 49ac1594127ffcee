// Real: chains, hashes and signatures, made by the code that makes them in service. Doubled: the database, by arrays that
// are tampered with here. What PostgreSQL makes of it is in verify-database.pg.test.ts.
import { randomUUID } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import { KEY, KEYS, newSigningKey, SampleRecord, sampleRow } from "../testing/sample-record.ts";
import { type ChainedEvent, chainedEventSchema, digestAfter } from "./chained-event.ts";
import { eventHash } from "./committed-event.ts";
import { describeFinding, type Finding } from "./finding.ts";
import { keptHeadLine, parseKeptHeads } from "./kept-heads.ts";
import { signRecordingHead } from "./recording-head.ts";
import { retire, type Segment, segmentSchema, signHead, startDigest } from "./segment.ts";
import { eraseSender, newPseudonym } from "./sender-commitment.ts";
import { type SigningKey, TrustedKeys } from "./signing.ts";
import { verifyRecord } from "./verify-record.ts";

const DAY = "2026-11-23";
const NEXT_DAY = "2026-11-24";
let record: SampleRecord;

/**
 * On the first day acme has the positions 1, 2, 3 (stored together), 4, 6, 8 (together); globex has 5, 7; nobody 9. On the
 * next day acme has 10, 11.
 */
beforeEach(() => {
  record = new SampleRecord();
  const rows = (tenants: readonly (string | null)[]) => tenants.map((tenant, index) => sampleRow(tenant, index + 1));
  record.record(DAY, rows(["acme", "acme", "acme"]));
  record.record(DAY, rows(["acme", "globex", "acme", "globex", "acme"]));
  record.record(DAY, rows([null]));
  record.record(NEXT_DAY, rows(["acme", "acme"]));
});

const findings = async (keys = KEYS): Promise<readonly Finding[]> => (await verifyRecord(record, keys)).findings;
const only = async () => {
  const found = await findings();
  expect(found).toHaveLength(1);
  return found[0];
};
const indexed = (index: number, position: number) => ({ index, position, event_id: record.event(position).event_id });

/** What somebody without the signing key can do: compute the chain of a segment anew from some event on. */
function reseal(tenant: string, day: string, key?: SigningKey): void {
  const segment = record.segment(tenant, day);
  let digest = startDigest(segment);
  let index = 0;
  const ofSegment = record.eventRows.filter((one) => (one.tenant_id ?? "_") === tenant && one.recorded_on === day);
  for (const event of ofSegment.toSorted((a, b) => a.position - b.position)) {
    index += 1;
    const placed = { ...event, segment_index: index, ...(event.head_key_id && key && { head_key_id: key.id }) };
    digest = digestAfter(digest, eventHash(placed), placed);
    const head = { ...segment, last_position: event.position, event_count: index, digest };
    const signed = event.head_key_id && key ? { head_signature: signHead(head, key).signature } : {};
    record.changeEvent(event.position, { ...placed, digest, ...signed });
  }
  const head = { ...segment, event_count: index, digest };
  record.changeSegment(tenant, day, key === undefined ? head : signHead(head, key));
}

describe("a record that nobody has touched", () => {
  it("holds, and tells each tenant's head", async () => {
    const verification = await verifyRecord(record, KEYS);
    expect(verification).toMatchObject({ findings: [], segments: 4, events: 11 });
    expect(verification.heads.map(({ tenant_id, day, event_count }) => [tenant_id, day, event_count])).toEqual([
      ["_", DAY, 1],
      ["acme", NEXT_DAY, 2],
      ["globex", DAY, 2],
    ]);
  });

  it("holds when there is nothing in it yet", async () => {
    record = new SampleRecord();
    expect(await findings()).toEqual([]);
  });

  it("holds over a change of keys, as long as both are trusted", async () => {
    const next = newSigningKey();
    record.record(NEXT_DAY, [sampleRow("acme", 12)], next);
    expect(await findings(new TrustedKeys([KEY.publicKey, next.publicKey]))).toEqual([]);
    expect((await findings(new TrustedKeys([next.publicKey]))).map(({ fault }) => fault)).toContain("key_unknown");
  });
});

describe("an event that was changed", () => {
  const CHANGED: { readonly [F in keyof Required<ChainedEvent>]: (event: ChainedEvent) => ChainedEvent[F] } = {
    event_id: () => randomUUID(),
    stream_sequence: () => 99,
    type: () => "mail.ignored",
    time: () => "2026-11-23T09:00:00.001Z",
    trace_id: () => "0".repeat(32),
    tenant_id: () => "globex",
    mail_id: () => randomUUID(),
    document_id: () => randomUUID(),
    sender_email: () => "other@supplier.example",
    source: () => "api",
    size_bytes: () => 1,
    page_count: () => 1,
    stage: () => "extract",
    code: () => "no_document",
    duration_ms: () => 1,
    validation_status: () => "valid",
    validation_issue_count: () => 0,
    provider: () => "gemini",
    model: () => "gemini",
    input_tokens: () => 1,
    output_tokens: () => 1,
    erp_http_status: () => 200,
    attempts: () => 1,
    wiped_bytes_ingest: () => 1,
    wiped_bytes_extractor: () => 1,
    wiped_bytes_erp_pusher: () => 1,
    position: () => 12,
    recorded_on: () => NEXT_DAY,
    segment_index: () => 7,
    sender_salt: () => Buffer.alloc(16),
    sender_commitment: () => Buffer.alloc(32),
    erasure_key_id: () => KEY.id,
    erasure_signature: () => Buffer.alloc(64),
    digest: () => Buffer.alloc(32),
    head_key_id: () => KEY.id,
    head_signature: () => Buffer.alloc(64),
  };

  it("is tried with every column that there is", () => {
    expect(Object.keys(CHANGED).sort()).toEqual(Object.keys(chainedEventSchema.shape).sort());
  });

  it.each(Object.keys(chainedEventSchema.shape))("is named when only %s is", async (column) => {
    const name = chainedEventSchema.keyof().parse(column);
    const second = indexed(2, 2);
    record.changeEvent(2, { [name]: CHANGED[name](record.event(2)) });
    const [first] = await findings();
    expect(first?.subject).toBe("event");
    expect(first?.event?.index).toBe(2);
    // Where it is gone from its place altogether, nothing else is left of it there.
    const gone = ["tenant_id", "recorded_on", "position", "segment_index"].includes(column);
    if (!gone && column !== "event_id") expect(first?.event).toEqual(second);
  });

  it("is told as changed, with what nothing proves before it", async () => {
    record.changeEvent(6, { size_bytes: 1 });
    expect(await only()).toEqual({
      fault: "event_changed",
      subject: "event",
      tenant_id: "acme",
      day: DAY,
      event: indexed(5, 6),
      unproven_before: 1,
    });
  });

  it("is the first of several", async () => {
    for (const position of [8, 4, 6]) record.changeEvent(position, { code: "no_document" });
    expect(await only()).toMatchObject({ fault: "event_changed", event: indexed(4, 4) });
  });

  it("and has its chain computed anew is named by the next signature that does not hold", async () => {
    record.changeEvent(4, { size_bytes: 1 });
    reseal("acme", DAY);
    expect(await findings()).toMatchObject([
      { fault: "events_resealed", tenant_id: "acme", day: DAY, event: indexed(4, 4) },
      { fault: "link_broken", subject: "segment", day: NEXT_DAY },
    ]);
  });

  it("and signed anew with another key is named, and the key with it", async () => {
    record.changeEvent(4, { size_bytes: 1 });
    reseal("acme", DAY, newSigningKey());
    expect((await findings())[0]).toMatchObject({ fault: "key_unknown", event: indexed(1, 1) });
  });

  it("and signed anew under the trusted key's name is named", async () => {
    record.changeEvent(4, { size_bytes: 1 });
    const stranger = newSigningKey();
    reseal("acme", DAY, Object.assign(Object.create(stranger), { id: KEY.id, sign: stranger.sign.bind(stranger) }));
    expect((await findings())[0]).toMatchObject({ fault: "events_resealed", event: indexed(1, 1) });
  });
});

describe("the order of events", () => {
  it("shows an event that was removed by its number", async () => {
    record.removeEvents(({ position }) => position === 4);
    expect((await findings())[0]).toMatchObject({ fault: "event_removed", event: { index: 4 } });
  });

  it("shows the first event that is gone when the end is", async () => {
    record.removeEvents(({ position }) => position === 6 || position === 8);
    expect(await only()).toMatchObject({ fault: "event_removed", tenant_id: "acme", day: DAY, event: { index: 5 } });
  });

  it("shows an event that was inserted, in the middle and at the end", async () => {
    const [middle, end] = [
      { ...record.event(2), event_id: randomUUID() },
      { ...record.event(8), event_id: randomUUID() },
    ];
    record.eventRows.splice(2, 0, middle);
    expect(await only()).toMatchObject({ fault: "event_inserted" });
    record.eventRows.splice(2, 1);
    const placed = { ...end, position: 8.5, segment_index: 7, head_key_id: null, head_signature: null };
    record.eventRows.push({
      ...placed,
      position: 12,
      digest: digestAfter(end.digest, eventHash(placed), { ...placed, position: 12 }),
    });
    expect(await only()).toMatchObject({ fault: "event_inserted", event: { index: 7, position: 12 } });
  });

  it("shows the first of two that have changed places", async () => {
    const [two, three] = [record.event(2), record.event(3)];
    record.eventRows = record.eventRows.map((event) => {
      if (event === two) return { ...two, position: 3 };
      return event === three ? { ...three, position: 2 } : event;
    });
    expect(await only()).toMatchObject({
      fault: "event_moved",
      event: { index: 2, position: 3, event_id: two.event_id },
    });
  });

  it("shows the first of two whose contents were exchanged", async () => {
    const [two, three] = [record.event(2), record.event(3)];
    record.changeEvent(2, { event_id: three.event_id, mail_id: three.mail_id });
    record.changeEvent(3, { event_id: two.event_id, mail_id: two.mail_id });
    expect(await only()).toMatchObject({ fault: "event_changed", event: { index: 2, position: 2 } });
  });
});

describe("a segment", () => {
  const OTHER: { readonly [F in keyof Required<Segment>]: Segment[F] } = {
    tenant_id: "initech",
    day: "2026-11-22",
    first_position: 2,
    last_position: 9,
    event_count: 5,
    previous_digest: Buffer.alloc(32),
    digest: Buffer.alloc(32),
    key_id: "0123456789abcdef",
    signature: Buffer.alloc(64),
    retired_on: DAY,
    retirement_key_id: KEY.id,
    retirement_signature: Buffer.alloc(64),
  };

  it.each(Object.keys(segmentSchema.shape))("is found when only its %s is changed", async (column) => {
    const name = segmentSchema.keyof().parse(column);
    record.changeSegment("acme", DAY, { [name]: OTHER[name] });
    expect(await findings()).not.toEqual([]);
  });

  it("that lost all its events is found, unless a signed mark says that their time was over", async () => {
    record.removeEvents((event) => event.tenant_id === "acme" && event.recorded_on === DAY);
    expect(await only()).toMatchObject({ fault: "retired_without_mark", event: { index: 1, position: 1 } });
    record.changeSegment("acme", DAY, retire(record.segment("acme", DAY), "2026-12-23", newSigningKey()));
    expect(await only()).toMatchObject({ fault: "key_unknown", subject: "retirement" });
    record.changeSegment("acme", DAY, retire(record.segment("globex", DAY), "2026-12-23", KEY));
    expect(await only()).toMatchObject({ fault: "signature_wrong", subject: "retirement" });
    record.changeSegment("acme", DAY, retire(record.segment("acme", DAY), "2026-12-23", KEY));
    expect(await findings()).toEqual([]);
  });

  it("that is being retired may have any signed beginning left, and nothing else", async () => {
    record.changeSegment("acme", DAY, retire(record.segment("acme", DAY), "2026-12-23", KEY));
    expect(await findings()).toEqual([]);
    record.removeEvents((event) => event.tenant_id === "acme" && event.recorded_on === DAY && event.position > 3);
    expect(await findings()).toEqual([]);
    record.changeEvent(2, { size_bytes: 1 });
    expect(await only()).toMatchObject({ fault: "event_changed", event: indexed(2, 2) });
    reseal("acme", DAY);
    expect((await findings())[0]?.fault).toBe("events_resealed");
  });

  it("whose row is gone is found by its events", async () => {
    record.segmentRows = record.segmentRows.filter(({ tenant_id }) => tenant_id !== "globex");
    expect(await findings()).toMatchObject([
      { fault: "segment_missing", tenant_id: "globex", event: indexed(1, 5) },
      { fault: "count_wrong", subject: "recording" },
    ]);
  });

  it("that is gone with its events is found by those that followed on it", async () => {
    const isDoomed = (one: { tenant_id: string | null }, day: string) => one.tenant_id === "acme" && day === DAY;
    record.removeEvents((event) => isDoomed(event, event.recorded_on));
    record.segmentRows = record.segmentRows.filter((segment) => !isDoomed(segment, segment.day));
    expect(await findings()).toMatchObject([
      { fault: "link_broken", tenant_id: "acme", day: NEXT_DAY },
      { fault: "count_wrong", subject: "recording", event: { position: 1 } },
    ]);
  });
});

describe("the record as a whole", () => {
  it("misses a tenant that is gone without a trace", async () => {
    record.removeEvents((event) => event.tenant_id === "globex");
    record.segmentRows = record.segmentRows.filter(({ tenant_id }) => tenant_id !== "globex");
    expect(await only()).toEqual({ fault: "count_wrong", subject: "recording", event: { position: 5 } });
  });

  it("misses an end that was put back to an earlier state of its tenant, which was true then", async () => {
    const before = record.event(3);
    record.removeEvents((event) => event.tenant_id === "acme" && (event.position > 3 || event.recorded_on !== DAY));
    record.segmentRows = record.segmentRows.filter(({ day }) => day === DAY);
    record.changeSegment("acme", DAY, {
      event_count: 3,
      last_position: 3,
      digest: before.digest,
      key_id: before.head_key_id ?? "",
      signature: before.head_signature ?? Buffer.alloc(0),
    });
    expect(await only()).toEqual({ fault: "count_wrong", subject: "recording", event: { position: 4 } });
  });

  it("misses the end of one tenant also when its own head is put back with it, and recording goes on", async () => {
    record.record(NEXT_DAY, [sampleRow("acme", 12), sampleRow("globex", 13)]);
    record.record(NEXT_DAY, [sampleRow("acme", 14)]);
    const then = record.head;
    record.record(NEXT_DAY, [sampleRow("globex", 15)]);
    const before = record.event(12);
    record.removeEvents(({ position }) => position === 14);
    record.changeSegment("acme", NEXT_DAY, {
      event_count: 3,
      last_position: 12,
      digest: before.digest,
      signature: before.head_signature ?? Buffer.alloc(0),
    });
    record.head = then;
    expect(await only()).toEqual({ fault: "count_wrong", subject: "recording", event: { position: 14 } });
    record.record("2026-11-25", [sampleRow("acme", 16)]);
    expect(await only()).toEqual({ fault: "count_wrong", subject: "recording", event: { position: 14 } });
  });

  it.each(["position", "segment_count"] as const)("has a head whose %s is signed", async (column) => {
    if (record.head !== undefined) record.head = { ...record.head, [column]: record.head[column] - 1 };
    expect(await only()).toEqual({ fault: "signature_wrong", subject: "recording" });
  });

  it("has a head that only a trusted key can have signed, and that cannot be taken away", async () => {
    if (record.head !== undefined) record.head = signRecordingHead(record.head, newSigningKey());
    expect(await only()).toMatchObject({ fault: "key_unknown", subject: "recording" });
    record.head = undefined;
    expect(await only()).toMatchObject({ fault: "head_removed", subject: "recording" });
    record.head = new SampleRecord().head;
    expect(await only()).toMatchObject({ fault: "count_wrong", subject: "recording" });
  });
});

describe("an erasure", () => {
  it("leaves a record that holds, and one that is not signed is found", async () => {
    const erased = eraseSender(record.event(4), newPseudonym(), KEY);
    record.changeEvent(4, erased);
    expect(await findings()).toEqual([]);
    record.changeEvent(4, { erasure_key_id: null, erasure_signature: null });
    expect(await only()).toMatchObject({ fault: "erasure_unsigned", event: indexed(4, 4) });
    record.changeEvent(3, { sender_email: null, sender_salt: null });
    expect(await only()).toMatchObject({ fault: "erasure_unsigned", event: indexed(3, 3) });
  });
});

describe("heads that were kept outside", () => {
  const keptNow = async () => {
    const { heads } = await verifyRecord(record, KEYS);
    return parseKeptHeads(heads.map(keptHeadLine).join("\n")) ?? [];
  };

  it("are part of the record later, also when the day has gone on or is retired", async () => {
    const kept = await keptNow();
    record.record(NEXT_DAY, [sampleRow("acme", 12)]);
    expect((await verifyRecord(record, KEYS, kept)).findings).toEqual([]);
    record.removeEvents(({ recorded_on }) => recorded_on === DAY);
    for (const tenant of ["acme", "globex", "_"]) {
      record.changeSegment(tenant, DAY, retire(record.segment(tenant, DAY), "2026-12-23", KEY));
    }
    expect((await verifyRecord(record, KEYS, kept)).findings).toEqual([]);
  });

  it("find a record that was put back as a whole, even if it has grown again", async () => {
    const backup = { events: [...record.eventRows], segments: [...record.segmentRows], head: record.head };
    record.record(NEXT_DAY, [sampleRow("acme", 12)]);
    const kept = await keptNow();
    Object.assign(record, { eventRows: backup.events, segmentRows: backup.segments, head: backup.head });
    expect((await verifyRecord(record, KEYS, kept)).findings).toMatchObject([
      { fault: "head_missing", tenant_id: "acme", day: NEXT_DAY, event: { index: 3 } },
    ]);
    record.record(NEXT_DAY, [sampleRow("acme", 12), sampleRow("acme", 13)]);
    expect((await verifyRecord(record, KEYS)).findings).toEqual([]);
    expect((await verifyRecord(record, KEYS, kept)).findings).toMatchObject([{ fault: "head_missing" }]);
  });

  it("are refused when a line is none", () => {
    expect(parseKeptHeads("acme 2026-11-23 17\n")).toBeUndefined();
    expect(parseKeptHeads("\n")).toEqual([]);
  });
});

describe("a finding", () => {
  it("is one line that names what it is about", async () => {
    record.changeEvent(6, { size_bytes: 1 });
    expect((await findings()).map(describeFinding)).toEqual([
      `acme ${DAY}: event_changed: event 5 (position 6, id ${record.event(6).event_id}) is not as it was recorded ` +
        "(and nothing proves the 1 before it)",
    ]);
    record.head = undefined;
    expect((await findings()).map(describeFinding).at(-1)).toBe(
      "the record: head_removed: the head of the record is gone",
    );
  });
});
