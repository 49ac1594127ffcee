import { isLoopback } from "@flowstate/runtime";
import { z } from "zod";

const databaseUrl = z
  .string("is required")
  .regex(/^postgres(?:ql)?:\/\/./, "must be a postgres:// URL")
  .refine((value) => URL.canParse(value), "must be a postgres:// URL")
  .meta({ secret: true });

/** The variables that name the database: as the owner of its tables, and as the role that the API reads with. */
export const databaseSettings = {
  DATABASE_URL: databaseUrl.describe(
    "PostgreSQL 15 or newer, as the owner of audit's tables, with password: …?sslmode=verify-full, and for a private " +
      "authority &sslrootcert=/path/ca.crt.",
  ),
  DATABASE_API_URL: databaseUrl.describe(
    "The same database, as the login that deploy/postgres/api-role.sql makes: to it the database shows one tenant at a time.",
  ),
};

/** Those of the variables that a configuration has. */
interface DatabaseConfig {
  readonly FLOWSTATE_LOCAL: boolean;
  readonly DATABASE_URL?: string;
  readonly DATABASE_API_URL?: string;
}

/**
 * Adds a problem for each database that would be spoken to without TLS, or whose certificate would not be held against its
 * name. For `superRefine` with `ALSO_WITH_PROBLEMS`.
 */
export function refusePlainDatabase(
  { FLOWSTATE_LOCAL: local, DATABASE_URL, DATABASE_API_URL }: DatabaseConfig,
  context: z.core.$RefinementCtx,
): void {
  for (const [name, text] of Object.entries({ DATABASE_URL, DATABASE_API_URL })) {
    const url = typeof text === "string" ? URL.parse(text) : null;
    if (url === null || isVerified(url) || (local && isLoopback(url))) continue;
    const message = "must have sslmode=verify-full (plain text to this machine needs FLOWSTATE_LOCAL=true)";
    context.addIssue({ code: "custom", path: [name], message });
  }
}

/** The last of several would count; libraries differ, so there must be one. */
function isVerified({ searchParams }: URL): boolean {
  const modes = searchParams.getAll("sslmode");
  return modes.length === 1 && modes[0] === "verify-full";
}
