import type { PoolClient } from "pg";
import { z } from "zod";
import { bigint, columnList } from "../database/columns.ts";
import { type ChainedEvent, chainedEventSchema } from "./chained-event.ts";
import { type RecordingHead, recordingHeadSchema } from "./recording-head.ts";
import { type Segment, segmentSchema } from "./segment.ts";
import type { RecordEntry, RecordSource } from "./verify-record.ts";

/** Segments read at once, and events that they may have together before their events are asked for. */
const SEGMENTS_PER_PAGE = 1_000;
const EVENTS_PER_GROUP = 20_000;
/** Events held at once. */
const EVENTS_PER_FETCH = 2_000;

const SELECT_SEGMENTS = `
  SELECT ${columnList(segmentSchema)}
  FROM segments
  WHERE $1::text IS NULL OR (tenant_id, day) > ($1, $2::date)
  ORDER BY tenant_id, day
  LIMIT ${SEGMENTS_PER_PAGE}`;

/** A cursor, because how many events there are is for the database to say, and it is what is not trusted here. */
const DECLARE_EVENTS = `
  DECLARE events_of_segments NO SCROLL CURSOR FOR
  SELECT place, ${columnList(chainedEventSchema)}
  FROM unnest($1::text[], $2::date[]) WITH ORDINALITY AS segment (segment_tenant, segment_day, place)
  JOIN events ON coalesce(tenant_id, '_') = segment_tenant AND recorded_on = segment_day
  ORDER BY place, position`;
const FETCH_EVENTS = `FETCH ${EVENTS_PER_FETCH} FROM events_of_segments`;
const CLOSE_EVENTS = "CLOSE events_of_segments";

const SELECT_STRAY = `
  SELECT ${columnList(chainedEventSchema)}
  FROM events
  WHERE NOT EXISTS (SELECT FROM segments WHERE tenant_id = coalesce(events.tenant_id, '_') AND day = recorded_on)
  ORDER BY position
  LIMIT 1`;

/** Above the positions that retirement may have emptied, and up to the last one, every position has its event. */
const SELECT_GAP = `
  WITH bounds AS (
    SELECT coalesce((SELECT max(last_position) FROM segments WHERE retired_on IS NOT NULL), 0) AS retired,
      (SELECT position FROM recording_head) AS last
  ), numbered AS (
    SELECT position, lag(position, 1, retired) OVER (ORDER BY position) AS before
    FROM events, bounds
    WHERE position > retired
  )
  SELECT least(
    (SELECT min(before) + 1 FROM numbered WHERE position > before + 1),
    (SELECT greatest(retired, (SELECT max(position) FROM events)) + 1 FROM bounds
      WHERE greatest(retired, (SELECT max(position) FROM events)) < last)
  ) AS gap`;

const placedEventSchema = chainedEventSchema.extend({ place: bigint });
const gapSchema = z.tuple([z.object({ gap: bigint.nullable() })]);

/** The record as the database shows it to this connection; to be read in one snapshot. */
export function databaseRecord(client: PoolClient): RecordSource {
  return {
    async recordingHead(): Promise<RecordingHead | undefined> {
      const { rows } = await client.query(`SELECT ${columnList(recordingHeadSchema)} FROM recording_head`);
      return z.array(recordingHeadSchema).parse(rows)[0];
    },
    async *entries(): AsyncIterable<RecordEntry> {
      for await (const group of segmentGroups(client)) yield* entriesOf(client, group);
    },
    async firstStray(): Promise<ChainedEvent | undefined> {
      const { rows } = await client.query(SELECT_STRAY);
      return z.array(chainedEventSchema).parse(rows)[0];
    },
    async firstGap(): Promise<number | undefined> {
      const { rows } = await client.query(SELECT_GAP);
      return gapSchema.parse(rows)[0].gap ?? undefined;
    },
  };
}

/** Segments whose events are few enough to be sorted together. */
async function* segmentGroups(client: PoolClient): AsyncIterable<readonly Segment[]> {
  let last: Pick<Segment, "tenant_id" | "day"> | undefined;
  let group: Segment[] = [];
  let events = 0;
  for (;;) {
    const { rows } = await client.query(SELECT_SEGMENTS, [last?.tenant_id, last?.day]);
    const page = z.array(segmentSchema).parse(rows);
    for (const segment of page) {
      group.push(segment);
      events += segment.event_count;
      if (events < EVENTS_PER_GROUP) continue;
      yield group;
      group = [];
      events = 0;
    }
    const end = page.at(-1);
    if (end === undefined) break;
    last = end;
  }
  if (group.length > 0) yield group;
}

async function* entriesOf(client: PoolClient, segments: readonly Segment[]): AsyncIterable<RecordEntry> {
  await client.query(DECLARE_EVENTS, [segments.map(({ tenant_id }) => tenant_id), segments.map(({ day }) => day)]);
  let shown = 0;
  for await (const { place, ...event } of fetchedEvents(client)) {
    for (; shown < place; shown += 1) yield* segmentEntry(segments[shown]);
    yield { kind: "event", event };
  }
  for (; shown < segments.length; shown += 1) yield* segmentEntry(segments[shown]);
  await client.query(CLOSE_EVENTS);
}

function* segmentEntry(segment: Segment | undefined): Iterable<RecordEntry> {
  if (segment !== undefined) yield { kind: "segment", segment };
}

async function* fetchedEvents(client: PoolClient): AsyncIterable<z.output<typeof placedEventSchema>> {
  for (;;) {
    const { rows } = await client.query(FETCH_EVENTS);
    if (rows.length === 0) return;
    yield* z.array(placedEventSchema).parse(rows);
  }
}
