import { DatabaseError } from "pg";
import { explainConnection } from "../connection-fault.ts";
import { found, type Result } from "../result.ts";

/** Credentials, and who may come from where (PostgreSQL manual, appendix A). */
const NOT_LET_IN = "28";
const NO_DATABASE = "3D000";
/** The driver's words for a server without TLS; it has no code for it. */
const NO_TLS = "The server does not support SSL connections";

/** Why there is no connection to the database that the variable `name` leads to. */
export function explainDatabase(name: string, url: string, error: unknown): Result {
  const host = new URL(url).host;
  if (error instanceof DatabaseError) {
    const state = error.code ?? "";
    if (state.startsWith(NOT_LET_IN))
      return found("database.login_refused", `${name}: ${host} does not let this role in`);
    if (state === NO_DATABASE) return found("database.missing", `${name}: ${host} has no such database`);
    return found("database.unreachable", `${name}: ${host} takes no connection now (SQLSTATE ${state})`);
  }
  if (error instanceof Error && error.message === NO_TLS) {
    return found("database.plain_text", `${name}: ${host} does not speak TLS`);
  }
  if (error instanceof Error && "syscall" in error && error.syscall === "open") {
    return found("database.certificate_refused", `${name}: the file that sslrootcert names cannot be read`);
  }
  const { fault, sentence } = explainConnection(host, error);
  return found(`database.${fault}`, `${name}: ${sentence}`);
}
