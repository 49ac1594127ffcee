/**
 * PostgreSQL's advisory locks are pairs of numbers that mean what the application says. The first number of ours is one of
 * these; another application in the same database is unlikely to have chosen them. The second number is 0.
 */

/** Held by the session that migrates the schema. */
export const MIGRATION_LOCK = 0x666c6f01;
/** Held by the transaction that stores events, or rewrites what was folded from them: one at a time over all instances. */
export const STORING_LOCK = 0x666c6f02;
/** Held by the session that rebuilds the documents. */
export const REBUILDING_LOCK = 0x666c6f03;
/** Held by the session that removes what is past its time. */
export const RETENTION_LOCK = 0x666c6f04;
/** Held by the transaction that looks for what is wrong and tells of it. */
export const ALERTING_LOCK = 0x666c6f05;
