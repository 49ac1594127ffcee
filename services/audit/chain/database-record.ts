import type { PoolClient } from "pg";
import { z } from "zod";
import { bigint, columnList, text, uuid } from "../database/columns.ts";
import { readBreaks } from "./chain-break.ts";
import { chainedEventSchema } from "./chained-event.ts";
import { type RecordingHead, recordingHeadSchema } from "./recording-head.ts";
import { segmentSchema } from "./segment.ts";
import type { RecordEntry, RecordSource, StrayEvent } from "./verify-record.ts";

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
  SELECT coalesce(tenant_id, '_') AS tenant_id, recorded_on::text AS day, segment_index, position, event_id
  FROM events
  WHERE NOT EXISTS (SELECT FROM segments WHERE tenant_id = coalesce(events.tenant_id, '_') AND day = recorded_on)
  ORDER BY position
  LIMIT 1`;
const straySchema = z
  .object({ tenant_id: text, day: text, segment_index: bigint, position: bigint, event_id: uuid })
  .transform(
    ({ tenant_id, day, segment_index, position, event_id }): StrayEvent => ({
      tenant_id,
      day,
      event: { index: segment_index, position, event_id },
    }),
  );

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

const gapSchema = z.tuple([z.object({ gap: bigint.nullable() })]);

/** Stands for a head that holds what audit can never have written, and like it is signed by nobody. */
const UNREADABLE_HEAD: RecordingHead = {
  position: Number.NaN,
  recorded_on: null,
  recorded_at: null,
  segment_count: 0,
  key_id: null,
  signature: null,
};

/** The record as the database shows it to this connection; to be read in one snapshot. */
export function databaseRecord(client: PoolClient): RecordSource {
  return {
    async recordingHead(): Promise<RecordingHead | undefined> {
      const { rows } = await client.query(`SELECT ${columnList(recordingHeadSchema)} FROM recording_head`);
      if (rows.length === 0) return undefined;
      const head = z.array(recordingHeadSchema).safeParse(rows).data?.[0];
      return head !== undefined && isCountable(head) ? head : UNREADABLE_HEAD;
    },
    breaks: (keys) => readBreaks(client, keys),
    async *entries(): AsyncIterable<RecordEntry> {
      for await (const group of segmentGroups(client)) yield* entriesOf(client, group);
    },
    async firstStray(): Promise<StrayEvent | undefined> {
      const { rows } = await client.query(SELECT_STRAY);
      return z.array(straySchema).parse(rows)[0];
    },
    async firstGap(): Promise<number | undefined> {
      const { rows } = await client.query(SELECT_GAP);
      return gapSchema.parse(rows)[0].gap ?? undefined;
    },
  };
}

/** What every row of these tables has, whatever somebody has made of the rest. */
const segmentNameSchema = z.object({ tenant_id: text, day: text });
const eventNameSchema = z.object({ place: bigint, segment_index: bigint, position: bigint, event_id: uuid });

/** Segments whose events are few enough to be sorted together. */
async function* segmentGroups(client: PoolClient): AsyncIterable<readonly SegmentEntry[]> {
  let last: z.output<typeof segmentNameSchema> | undefined;
  let group: SegmentEntry[] = [];
  let events = 0;
  for (;;) {
    const { rows } = await client.query(SELECT_SEGMENTS, [last?.tenant_id, last?.day]);
    for (const row of rows) {
      last = segmentNameSchema.parse(row);
      const segment = segmentSchema.safeParse(row);
      const isReadable = segment.success && isCountable(segment.data);
      group.push(isReadable ? { kind: "segment", segment: segment.data } : { kind: "unreadable_segment", ...last });
      events += isReadable ? segment.data.event_count : 0;
      if (events < EVENTS_PER_GROUP) continue;
      yield group;
      group = [];
      events = 0;
    }
    if (rows.length === 0) break;
  }
  if (group.length > 0) yield group;
}

async function* entriesOf(client: PoolClient, group: readonly SegmentEntry[]): AsyncIterable<RecordEntry> {
  const names = group.map((entry) => (entry.kind === "segment" ? entry.segment : entry));
  await client.query(DECLARE_EVENTS, [names.map(({ tenant_id }) => tenant_id), names.map(({ day }) => day)]);
  let shown = 0;
  for await (const row of fetchedRows(client)) {
    const { place, segment_index, position, event_id } = eventNameSchema.parse(row);
    for (; shown < place; shown += 1) yield* group.slice(shown, shown + 1);
    const event = chainedEventSchema.safeParse(row);
    if (event.success && isCountable(event.data)) yield { kind: "event", event: event.data };
    else yield { kind: "unreadable_event", event: { index: segment_index, position, event_id } };
  }
  yield* group.slice(shown);
  await client.query(CLOSE_EVENTS);
}

type SegmentEntry = Extract<RecordEntry, { readonly kind: "segment" | "unreadable_segment" }>;

/** PostgreSQL counts further than audit does. */
function isCountable(row: Readonly<Record<string, unknown>>): boolean {
  return Object.values(row).every((cell) => typeof cell !== "number" || Number.isSafeInteger(cell));
}

async function* fetchedRows(client: PoolClient): AsyncIterable<unknown> {
  for (;;) {
    const { rows } = await client.query(FETCH_EVENTS);
    if (rows.length === 0) return;
    yield* rows;
  }
}
