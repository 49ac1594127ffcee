import { z } from "zod";

const databaseUrl = z
  .string("is required")
  .regex(/^postgres(?:ql)?:\/\/./, "must be a postgres:// URL")
  .refine((value) => URL.canParse(value), "must be a postgres:// URL")
  .meta({ secret: true });

/** The variables that name the database: as the owner of its tables, and as the role that the API reads with. */
export const databaseSettings = {
  DATABASE_URL: databaseUrl.describe(
    "PostgreSQL 15 or newer, as the owner of audit's tables, with password; add sslmode=verify-full outside one machine.",
  ),
  DATABASE_API_URL: databaseUrl.describe(
    "The same database, as the login that deploy/postgres/api-role.sql makes: to it the database shows one tenant at a time.",
  ),
};
