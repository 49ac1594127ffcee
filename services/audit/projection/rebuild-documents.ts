import type { Pool, PoolClient } from "pg";
import { z } from "zod";
import { REBUILDING_LOCK } from "../database/advisory-locks.ts";
import { bigint, uuid } from "../database/columns.ts";
import { inTransaction } from "../database/transaction.ts";
import { takeTurnToStore } from "../recording/recording-head.ts";
import { DOCUMENTS_VERSION } from "./fold-document.ts";
import { refoldDocuments } from "./update-documents.ts";

/** Documents per transaction: storing waits for one of these at most, tens of milliseconds. */
const BATCH_SIZE = 500;

export interface RebuildProgress {
  readonly done: number;
  /** As many as there were when the rebuild began; new ones need no rebuild. */
  readonly total: number;
}

export interface Rebuild {
  readonly pool: Pool;
  readonly now?: () => Date;
  /** Ends the rebuild after the batch that has begun; it begins anew the next time. */
  readonly signal?: AbortSignal;
  onProgress?(progress: RebuildProgress): void;
}

export type RebuildOutcome = "rebuilt" | "under_way_elsewhere" | "stopped";

/**
 * Folds every document anew from the stored events, and removes rows that no event speaks of. Recording and the API go on:
 * each batch of documents is one transaction that takes its turn among those that store. Rejects with the driver's error;
 * what was done until then is not lost, and not wrong either.
 */
export async function rebuildDocuments(rebuild: Rebuild): Promise<RebuildOutcome> {
  const client = await rebuild.pool.connect();
  try {
    if (!(await takeRebuildingLock(client))) {
      client.release();
      return "under_way_elsewhere";
    }
    const outcome = await rebuildAll(rebuild);
    await client.query(`SELECT pg_advisory_unlock(${REBUILDING_LOCK}, 0)`);
    client.release();
    return outcome;
  } catch (error) {
    // The lock is the session's, and ends with it.
    client.release(true);
    throw error;
  }
}

async function takeRebuildingLock(client: PoolClient): Promise<boolean> {
  const { rows } = await client.query(`SELECT pg_try_advisory_lock(${REBUILDING_LOCK}, 0) AS taken`);
  const [{ taken }] = z.tuple([z.object({ taken: z.boolean() })]).parse(rows);
  return taken;
}

const COUNT_DOCUMENTS = "SELECT count(DISTINCT document_id) AS total FROM events";

const BEGIN_REBUILD = `
  UPDATE projections
  SET version = ${DOCUMENTS_VERSION}, rebuilt_at = NULL, rebuild_done = 0, rebuild_total = $1
  WHERE name = 'documents'`;

/** The next documents in the order of their ids: those that events speak of, and those that have a row. */
const NEXT_DOCUMENTS = `
  SELECT document_id
  FROM (
    (SELECT DISTINCT document_id FROM events WHERE document_id IS NOT NULL AND ($1::uuid IS NULL OR document_id > $1)
     ORDER BY document_id LIMIT ${BATCH_SIZE})
    UNION
    (SELECT document_id FROM documents WHERE $1::uuid IS NULL OR document_id > $1
     ORDER BY document_id LIMIT ${BATCH_SIZE})
  ) AS next
  ORDER BY document_id
  LIMIT ${BATCH_SIZE}`;

async function rebuildAll({ pool, now = () => new Date(), signal, onProgress }: Rebuild): Promise<RebuildOutcome> {
  const { rows } = await pool.query(COUNT_DOCUMENTS);
  const [{ total }] = z.tuple([z.object({ total: bigint })]).parse(rows);
  // From here on, instances with an older version of the fold leave recording to those with this one.
  await inTransaction(pool, async (client) => {
    await takeTurnToStore(client);
    await client.query(BEGIN_REBUILD, [total]);
  });
  let done = 0;
  for (let last: string | null = null; ; ) {
    onProgress?.({ done, total });
    if (signal?.aborted === true) return "stopped";
    const batch: readonly string[] = await rebuildBatch(pool, last);
    last = batch.at(-1) ?? null;
    if (last === null) break;
    done += batch.length;
  }
  await pool.query("UPDATE projections SET rebuilt_at = $1 WHERE name = 'documents'", [now()]);
  return "rebuilt";
}

/** Folds the documents after `last` anew; resolves with their ids, none when there are no more. */
async function rebuildBatch(pool: Pool, last: string | null): Promise<readonly string[]> {
  return inTransaction(pool, async (client) => {
    await takeTurnToStore(client);
    const { rows } = await client.query(NEXT_DOCUMENTS, [last]);
    const documentIds = z
      .array(z.object({ document_id: uuid }))
      .parse(rows)
      .map(({ document_id }) => document_id);
    await refoldDocuments(client, documentIds);
    await client.query("UPDATE projections SET rebuild_done = rebuild_done + $1 WHERE name = 'documents'", [
      documentIds.length,
    ]);
    return documentIds;
  });
}
