import type { PoolClient } from "pg";
import { z } from "zod";
import { bigint, optionalBigint, time } from "../database/columns.ts";
import { nobodysTrouble, type Trouble, troubleSchema } from "./alert.ts";
import {
  DEFERRED_CODES,
  DOCUMENT_CONDITIONS,
  EVENTS_SET_ASIDE,
  GIVEN_UP,
  MAILS_REFUSED,
  RETENTION_HEAD_NOT_TRUSTED,
  RETENTION_OVERDUE,
  RULE_OF_CODE,
} from "./alert-rules.ts";

/**
 * One parameter array per column of the watched codes: its rule, since when and until when a status counts, until when the
 * document was received.
 */
const TROUBLED_DOCUMENTS = `
  SELECT rule, tenant_id, count(*) AS affected,
    (array_agg(code ORDER BY status_at DESC, document_id))[1] AS code,
    (array_agg(document_id ORDER BY status_at DESC, document_id))[1] AS document_id
  FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::timestamptz[], $5::timestamptz[])
    AS watched (rule, code, since, until, received_until)
  JOIN documents USING (code)
  WHERE status_at >= since AND status_at <= until AND received_at <= received_until
  GROUP BY rule, tenant_id`;

const COUNT_REFUSED_MAILS = `
  SELECT count(*) AS affected FROM events WHERE tenant_id IS NULL AND type = 'mail.refused' AND time >= $1`;

const COUNT_SET_ASIDE = "SELECT count(*) AS affected FROM rejected_events WHERE rejected_at >= $1";

/** A database in which retention has never got to its end counts from when its schema was made. */
const SELECT_RETENTION = `
  SELECT
    coalesce((SELECT max(finished_at) FROM retention_runs), (SELECT min(applied_at) FROM schema_migrations)) AS retained_at,
    (SELECT untrusted FROM retention_runs ORDER BY day DESC LIMIT 1) AS untrusted`;
const retentionSchema = z.tuple([z.object({ retained_at: time, untrusted: optionalBigint })]);

/** Everything in the database that is wrong at `now`. Rejects with the driver's error. */
export async function findTroubles(client: PoolClient, now: Date): Promise<readonly Trouble[]> {
  const documents = await troubledDocuments(client, now);
  const mails = await countSince(client, COUNT_REFUSED_MAILS, ago(now, MAILS_REFUSED.withinMs));
  const setAside = await countSince(client, COUNT_SET_ASIDE, ago(now, EVENTS_SET_ASIDE.withinMs));
  return [
    ...documents,
    ...(mails >= MAILS_REFUSED.atLeast ? [nobodysTrouble(MAILS_REFUSED.rule, mails)] : []),
    ...(setAside >= EVENTS_SET_ASIDE.atLeast ? [nobodysTrouble(EVENTS_SET_ASIDE.rule, setAside)] : []),
    ...(await troubledRetention(client, now)),
  ];
}

async function troubledDocuments(client: PoolClient, now: Date): Promise<readonly Trouble[]> {
  const conditions = new Map([...DOCUMENT_CONDITIONS, GIVEN_UP].map((condition) => [condition.rule, condition]));
  const watched = [
    ...[...RULE_OF_CODE].flatMap(([code, rule]) => {
      const condition = conditions.get(rule);
      return condition === undefined ? [] : [{ ...condition, code }];
    }),
    ...DEFERRED_CODES.map((code) => ({ ...GIVEN_UP, code })),
  ];
  const { rows } = await client.query(TROUBLED_DOCUMENTS, [
    watched.map(({ rule }) => rule),
    watched.map(({ code }) => code),
    watched.map(({ withinMs }) => ago(now, withinMs)),
    watched.map(({ settledForMs }) => ago(now, settledForMs)),
    watched.map(({ heldForMs }) => ago(now, heldForMs)),
  ]);
  return z
    .array(troubleSchema)
    .parse(rows)
    .filter(({ rule, affected }) => affected >= (conditions.get(rule)?.atLeast ?? 1));
}

async function troubledRetention(client: PoolClient, now: Date): Promise<readonly Trouble[]> {
  const { rows } = await client.query(SELECT_RETENTION);
  const [{ retained_at, untrusted }] = retentionSchema.parse(rows);
  const isOverdue = Date.parse(retained_at) < now.getTime() - RETENTION_OVERDUE.unfinishedForMs;
  return [
    ...(isOverdue ? [nobodysTrouble(RETENTION_OVERDUE.rule, 1)] : []),
    ...(untrusted !== null && untrusted > 0 ? [nobodysTrouble(RETENTION_HEAD_NOT_TRUSTED.rule, untrusted)] : []),
  ];
}

const countSchema = z.tuple([z.object({ affected: bigint })]);

async function countSince(client: PoolClient, statement: string, since: string): Promise<number> {
  const { rows } = await client.query(statement, [since]);
  return countSchema.parse(rows)[0].affected;
}

function ago(now: Date, ms: number): string {
  return new Date(now.getTime() - ms).toISOString();
}
