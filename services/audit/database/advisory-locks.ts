/**
 * PostgreSQL's advisory locks are pairs of numbers that mean what the application says. The first number of ours is one of
 * these; another application in the same database is unlikely to have chosen them.
 */

/** Held by the session that migrates the schema; the second number is 0. */
export const MIGRATION_LOCKS = 0x666c6f01;
/** Held by a transaction that rewrites a document's row; the second number is a hash of the document's id. */
export const DOCUMENT_LOCKS = 0x666c6f02;
