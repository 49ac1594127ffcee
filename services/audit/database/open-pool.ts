import type { Logger } from "@flowstate/runtime";
import { type ClientBase, type CustomTypesConfig, Pool, types } from "pg";

/** How long a call waits for a connection, new or from the pool. */
const CONNECT_TIMEOUT_MS = 5_000;
/** The server's own limit comes first; this one notices a server that has vanished without closing the connection. */
const ANSWER_GRACE_MS = 5_000;
/** A transaction whose process has stalled must not hold its locks for ever. */
const IDLE_IN_TRANSACTION_LIMIT_MS = 30_000;

/** The driver would make a day the midnight of this machine's time zone. */
const DAYS_AS_TEXT: CustomTypesConfig = {
  getTypeParser: (oid, format) =>
    oid === types.builtins.DATE ? (text: string) => text : types.getTypeParser(oid, format),
};

export interface PoolSettings {
  readonly url: string;
  /** Shown by the database beside the connection: `flowstate-audit-<purpose>`. */
  readonly purpose: string;
  readonly maxConnections: number;
  readonly statementTimeoutMs: number;
  /** Whether every transaction is one that can write nothing. */
  readonly readOnly?: boolean;
  readonly logger: Logger;
  /** Looks at each new connection before it is used; one that this throws for is closed, and the call gets the error. */
  readonly admit?: (client: ClientBase) => Promise<void>;
}

/** Connections are made when they are needed; a database that is away fails the call, never the process. */
export function openPool({ url, purpose, maxConnections, logger, admit, ...session }: PoolSettings): Pool {
  const pool = new Pool({
    connectionString: url,
    application_name: `flowstate-audit-${purpose}`,
    max: maxConnections,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: session.statementTimeoutMs + ANSWER_GRACE_MS,
    keepAlive: true,
    // A statement is sent when it is given, not when the one before it has been answered.
    pipeline: true,
    types: DAYS_AS_TEXT,
    async onConnect(client) {
      await configureSession(client, session);
      await admit?.(client);
    },
  });
  pool.on("error", (error) => logger.warn("database.connection_lost", {}, error));
  // The pool watches idle connections only. One that is lost between two statements of a transaction would otherwise be
  // an unhandled error event; the next statement fails all the same.
  pool.on("connect", (client) => client.on("error", () => undefined));
  return pool;
}

/**
 * Statements, not startup parameters, because connection poolers refuse unknown ones. Parameters stay out of PostgreSQL's
 * log even when a statement fails (docs/operations/postgresql.md).
 */
function configureSession(
  client: ClientBase,
  { statementTimeoutMs, readOnly = false }: Pick<PoolSettings, "statementTimeoutMs" | "readOnly">,
): Promise<unknown> {
  return client.query(
    `SET log_parameter_max_length_on_error = 0;
     SET statement_timeout = ${statementTimeoutMs};
     SET idle_in_transaction_session_timeout = ${IDLE_IN_TRANSACTION_LIMIT_MS};
     SET default_transaction_read_only = ${readOnly ? "on" : "off"}`,
  );
}
