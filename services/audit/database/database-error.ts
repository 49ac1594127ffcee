import { DatabaseError } from "pg";

/**
 * What a failed call into the database means for what happens next:
 *
 * - `temporary`: the database is away, busy, failing over or not set up yet; the same call will do later;
 * - `refused`: this data can never be stored as it is (SQLSTATE class 22); other data can;
 * - `invariant`: a bug, a missing right, or a constraint that a row of ours cannot break unless somebody has been at the tables:
 *   trying again changes nothing, and the data is not to blame.
 */
export type DatabaseFailure = "temporary" | "refused" | "invariant";

/** SQLSTATE classes and codes (PostgreSQL manual, appendix A) after which the same statement may succeed. */
const TEMPORARY_CLASSES: ReadonlySet<string> = new Set([
  "08", // connection exception
  "28", // credentials: rotated, or the role is not made yet
  "3D", // the database is not made yet
  "40", // deadlock, serialization
  "53", // out of connections, memory or disk
  "55", // object in use, lock timeout
  "57", // shutdown, crash recovery, statement timeout
  "58", // I/O error of its system
]);
const TEMPORARY_CODES: ReadonlySet<string> = new Set([
  "25006", // a standby that is not promoted yet
  "42704", // the role of the tenant API is not made yet, which the migrations need
  "42P01", // the tables are not made yet; whichever instance comes first makes them
]);
const REFUSED_CLASSES: ReadonlySet<string> = new Set(["22"]);

/** `error` must come from a call of the driver. What it throws without an SQLSTATE is a connection that failed. */
export function classifyDatabaseError(error: unknown): DatabaseFailure {
  if (error instanceof DatabaseError) {
    const code = error.code ?? "";
    const sqlClass = code.slice(0, 2);
    if (TEMPORARY_CLASSES.has(sqlClass) || TEMPORARY_CODES.has(code)) return "temporary";
    return REFUSED_CLASSES.has(sqlClass) ? "refused" : "invariant";
  }
  const isBug = error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError;
  return error instanceof Error && !isBug ? "temporary" : "invariant";
}
