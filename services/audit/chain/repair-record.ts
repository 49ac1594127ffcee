import type { Pool, PoolClient } from "pg";
import { z } from "zod";
import { STORING_LOCK } from "../database/advisory-locks.ts";
import { bigint, columnArrays, columnList, optionalBigint, unnestedRows } from "../database/columns.ts";
import { inTransaction } from "../database/transaction.ts";
import { dayOf, daysBefore } from "../days.ts";
import { takeTurnToStore } from "../recording/recording-head.ts";
import { type ChainBreak, chainBreakSchema, isBrokenOff, readBreaks, signBreak, WHOLE_RECORD } from "./chain-break.ts";
import { saveHeads } from "./record-chain.ts";
import { checkRecordingHead, signRecordingHead } from "./recording-head.ts";
import { checkHead, segmentHeadSchema } from "./segment.ts";
import type { SigningKey, TrustedKeys } from "./signing.ts";

export interface Repair {
  readonly pool: Pool;
  readonly key: SigningKey;
  readonly trusted: TrustedKeys;
  readonly now: Date;
}

const ENSURE_HEAD = "INSERT INTO recording_head (position) SELECT 0 WHERE NOT EXISTS (SELECT FROM recording_head)";

const SELECT_LATEST = `
  SELECT DISTINCT ON (tenant_id) ${columnList(segmentHeadSchema)} FROM segments ORDER BY tenant_id, day DESC`;

const COUNT_RECORD = `
  SELECT count(*) AS segments, sum(event_count)::text AS recorded, (SELECT max(position) FROM events) AS last_event
  FROM segments`;
const countsSchema = z.tuple([z.object({ segments: bigint, recorded: bigint.nullable(), last_event: optionalBigint })]);

const INSERT_BREAKS = `
  INSERT INTO chain_breaks (${columnList(chainBreakSchema)}) SELECT * FROM ${unnestedRows(chainBreakSchema)}`;

/**
 * Begins chains anew whose heads no trusted key has signed, so that recording goes on: a person has decided that it may. What
 * was tampered with stays as it is, and is found as before. All tenants begin a new day of recording, the one after the newest,
 * so that no segment before is gone on with. Resolves with the breaks, none when every head can be trusted. Rejects with the
 * driver's error, or a `ZodError` where a head cannot even be read.
 */
export async function repairRecord({ pool, key, trusted, now }: Repair): Promise<readonly ChainBreak[]> {
  return inTransaction(pool, async (client) => {
    await ensureHead(client);
    const { head } = await takeTurnToStore(client);
    const earlier = await readBreaks(client, trusted);
    const heads = z.array(segmentHeadSchema).parse((await client.query(SELECT_LATEST)).rows);
    // A head that speaks of nothing needs no signature, and is wrong where there is something.
    const isRecordTrusted = checkRecordingHead(head, trusted) === "valid" && (head.position > 0 || heads.length === 0);
    const untrusted = heads.filter((one) => checkHead(one, trusted) !== "valid" && !isBrokenOff(one, earlier));
    if (isRecordTrusted && untrusted.length === 0) return [];

    const [{ segments, recorded, last_event }] = countsSchema.parse((await client.query(COUNT_RECORD)).rows);
    const trustedHeads = heads.filter((one) => !untrusted.includes(one));
    const position = isRecordTrusted
      ? head.position
      : Math.max(0, last_event ?? 0, ...trustedHeads.map(({ last_position }) => last_position));
    const day = dayAfter([
      dayOf(now),
      ...(isRecordTrusted && head.recorded_on !== null ? [head.recorded_on] : []),
      ...heads.map((one) => one.day),
    ]);
    const known = earlier.reduce((sum, { unaccounted }) => sum + unaccounted, 0);
    const tenants = [...(isRecordTrusted ? [] : [WHOLE_RECORD]), ...untrusted.map(({ tenant_id }) => tenant_id)];
    const breaks = tenants.map((tenant_id, index) => {
      // Of the record as a whole: it stands once among those that are made together.
      const unaccounted = index === 0 ? countable(position - (recorded ?? 0) - known) : 0;
      return signBreak({ tenant_id, day, broken_at: now.toISOString(), position, unaccounted }, key);
    });
    await client.query(INSERT_BREAKS, columnArrays(chainBreakSchema, breaks));
    const record = { position, recorded_on: day, recorded_at: now.toISOString(), segment_count: segments };
    await saveHeads(client, { links: [], heads: [], record: signRecordingHead(record, key) });
    return breaks;
  });
}

/** The row of the record's head may be gone altogether; nobody stores meanwhile. */
async function ensureHead(client: PoolClient): Promise<void> {
  await client.query(`SELECT pg_advisory_xact_lock(${STORING_LOCK}, 0)`);
  await client.query(ENSURE_HEAD);
}

function dayAfter(days: readonly string[]): string {
  return daysBefore(days.toSorted().at(-1) ?? "", -1);
}

/** What somebody has put into a head may be beyond what can be counted: then nothing is accounted for, and `verify` says so. */
function countable(difference: number): number {
  return Number.isSafeInteger(difference) ? difference : 0;
}
