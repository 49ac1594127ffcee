import type { Logger } from "@flowstate/runtime";
import type { Pool } from "pg";
import { z } from "zod";
import { bigint, optionalTime } from "../database/columns.ts";
import { classifyDatabaseError } from "../database/database-error.ts";
import { untilDone } from "../until-done.ts";
import { DOCUMENTS_VERSION } from "./fold-document.ts";
import { rebuildDocuments } from "./rebuild-documents.ts";

export interface KeepingCurrent {
  readonly pool: Pool;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/**
 * Rebuilds the documents in the background if an earlier version of the fold has made them, or a rebuild was not finished.
 * Resolves when they are current or `signal` aborts; a database that is away is waited for, and so is another instance that
 * rebuilds already.
 */
export async function keepDocumentsCurrent({ pool, logger, signal }: KeepingCurrent): Promise<void> {
  await untilDone(signal, async () => {
    try {
      if (await areCurrent(pool)) return true;
      const startedAt = performance.now();
      let documents = 0;
      const outcome = await rebuildDocuments({
        pool,
        signal,
        onProgress({ done }) {
          documents = done;
        },
      });
      if (outcome !== "rebuilt") return undefined;
      logger.info("documents.rebuilt", { documents, duration_ms: Math.round(performance.now() - startedAt) });
      return true;
    } catch (error) {
      if (classifyDatabaseError(error) !== "temporary") throw error;
      logger.warn("database.unavailable", {}, error);
      return undefined;
    }
  });
}

const projectionSchema = z.object({ version: bigint, rebuilt_at: optionalTime });

async function areCurrent(pool: Pool): Promise<boolean> {
  const { rows } = await pool.query("SELECT version, rebuilt_at FROM projections WHERE name = 'documents'");
  const [projection] = z.tuple([projectionSchema]).parse(rows);
  if (projection.version < DOCUMENTS_VERSION) return false;
  // A newer version's is its own business.
  return projection.version > DOCUMENTS_VERSION || projection.rebuilt_at !== null;
}
