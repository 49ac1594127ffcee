import { hasVerifiableName, isLoopback } from "@flowstate/runtime";
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
  const refuse = (name: string, message: string) => context.addIssue({ code: "custom", path: [name], message });
  for (const [name, text] of Object.entries({ DATABASE_URL, DATABASE_API_URL })) {
    const url = typeof text === "string" ? URL.parse(text) : null;
    if (url === null || (local && isLoopback(url))) continue;
    if (!isVerified(url)) {
      refuse(name, "must have sslmode=verify-full (plain text to this machine needs FLOWSTATE_LOCAL=true)");
    } else if (!hasVerifiableName(url)) {
      refuse(name, "must name a host: a certificate is held against a name, not against an address");
    }
  }
}

/** The last of several would count; libraries differ, so there must be one. */
function isVerified({ searchParams }: URL): boolean {
  const modes = searchParams.getAll("sslmode");
  return modes.length === 1 && modes[0] === "verify-full";
}
