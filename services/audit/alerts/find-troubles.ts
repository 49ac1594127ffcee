import type { PoolClient } from "pg";
import { z } from "zod";
import { NO_TENANT } from "../chain/segment.ts";
import { bigint } from "../database/columns.ts";
import type { RecordingLag } from "../recording/recording-lag.ts";
import { type Trouble, troubleSchema } from "./alert.ts";
import {
  type AlertRule,
  CLOCK_OFF,
  DOCUMENT_CONDITIONS,
  EVENTS_SET_ASIDE,
  MAILS_REFUSED,
  RECORDING_BEHIND,
  RULE_OF_CODE,
} from "./alert-rules.ts";

/** One parameter array per column of the watched codes: its rule, since when a status counts, until when it was received. */
const TROUBLED_DOCUMENTS = `
  SELECT rule, tenant_id, count(*) AS affected,
    (array_agg(code ORDER BY status_at DESC, document_id))[1] AS code,
    (array_agg(document_id ORDER BY status_at DESC, document_id))[1] AS document_id
  FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::timestamptz[]) AS watched (rule, code, since, received_until)
  JOIN documents USING (code)
  WHERE status_at >= since AND received_at <= received_until
  GROUP BY rule, tenant_id`;

const COUNT_REFUSED_MAILS = `
  SELECT count(*) AS affected FROM events WHERE tenant_id IS NULL AND type = 'mail.refused' AND time >= $1`;

const COUNT_SET_ASIDE = "SELECT count(*) AS affected FROM rejected_events WHERE rejected_at >= $1";

/** What is asked for elsewhere than in the database. */
export interface Instance {
  readonly lag: RecordingLag;
  readonly isClockRight: boolean;
}

/** Everything that is wrong at `now`. Rejects with the driver's error. */
export async function findTroubles(
  client: PoolClient,
  { lag, isClockRight }: Instance,
  now: Date,
): Promise<readonly Trouble[]> {
  const documents = await troubledDocuments(client, now);
  const mails = await countSince(client, COUNT_REFUSED_MAILS, ago(now, MAILS_REFUSED.withinMs));
  const setAside = await countSince(client, COUNT_SET_ASIDE, ago(now, EVENTS_SET_ASIDE.withinMs));
  return [
    ...documents,
    ...(mails >= MAILS_REFUSED.atLeast ? [nobodys(MAILS_REFUSED.rule, mails)] : []),
    ...(setAside >= EVENTS_SET_ASIDE.atLeast ? [nobodys(EVENTS_SET_ASIDE.rule, setAside)] : []),
    ...(isBehind(lag, now) ? [nobodys(RECORDING_BEHIND.rule, lag.pending_events ?? 0)] : []),
    ...(isClockRight ? [] : [nobodys(CLOCK_OFF.rule, 1)]),
  ];
}

async function troubledDocuments(client: PoolClient, now: Date): Promise<readonly Trouble[]> {
  const conditions = new Map(DOCUMENT_CONDITIONS.map((condition) => [condition.rule, condition]));
  const watched = [...RULE_OF_CODE].flatMap(([code, rule]) => {
    const condition = conditions.get(rule);
    return condition === undefined ? [] : [{ ...condition, code }];
  });
  const { rows } = await client.query(TROUBLED_DOCUMENTS, [
    watched.map(({ rule }) => rule),
    watched.map(({ code }) => code),
    watched.map(({ withinMs }) => ago(now, withinMs)),
    watched.map(({ heldForMs }) => ago(now, heldForMs)),
  ]);
  return z
    .array(troubleSchema)
    .parse(rows)
    .filter(({ rule, affected }) => affected >= (conditions.get(rule)?.atLeast ?? 1));
}

const countSchema = z.tuple([z.object({ affected: bigint })]);

async function countSince(client: PoolClient, statement: string, since: string): Promise<number> {
  const { rows } = await client.query(statement, [since]);
  return countSchema.parse(rows)[0].affected;
}

/** The broker does not tell how old the oldest waiting event is: nothing stored lately, and something waiting, says it. */
function isBehind({ pending_events: pending, last_recorded_at: last }: RecordingLag, now: Date): boolean {
  if (pending === null || pending === 0) return false;
  const silentMs = last === null ? 0 : now.getTime() - Date.parse(last);
  return pending >= RECORDING_BEHIND.pendingEvents || silentMs >= RECORDING_BEHIND.silentForMs;
}

function nobodys(rule: AlertRule, affected: number): Trouble {
  return { rule, tenant_id: NO_TENANT, affected, code: null, document_id: null };
}

function ago(now: Date, ms: number): string {
  return new Date(now.getTime() - ms).toISOString();
}
