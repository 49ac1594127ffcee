import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createCertificateAuthority } from "@flowstate/local/doubles/certificate.ts";
import { freePort } from "@flowstate/local/servers/free-port.ts";
import { inject } from "vitest";
import { type BrokenSetup, withVariables } from "./broken-setup.ts";
import { asSuperuser } from "./healthy-deployment.ts";

/** Changes where one of audit's two URLs leads. */
function withUrl(
  name: "DATABASE_URL" | "DATABASE_API_URL",
  change: (url: URL) => void | Promise<void>,
): BrokenSetup["arrange"] {
  return withVariables(["audit"], async ({ audit }) => {
    const url = new URL(audit[name] ?? "");
    await change(url);
    audit[name] = url.href;
  });
}

/** Breaks something in the database, and mends it afterwards. */
function withStatements(breaking: string, mending: string): BrokenSetup["arrange"] {
  return async ({ superuserUrl, environments }) => {
    await asSuperuser(superuserUrl, breaking);
    const { audit } = environments();
    return { environments: { audit }, [Symbol.asyncDispose]: () => asSuperuser(superuserUrl, mending) };
  };
}

const PASSWORD = "0fbdc2a1e9f84d63b57a";

/** Lets audit use a role that may do everything with the tables and has not made them. */
function withNewcomer(name: "DATABASE_URL" | "DATABASE_API_URL"): BrokenSetup["arrange"] {
  return async (healthy) => {
    const { environments, ...setup } = await withStatements(
      `CREATE ROLE newcomer LOGIN PASSWORD '${PASSWORD}'; GRANT ALL ON ALL TABLES IN SCHEMA public TO newcomer`,
      "DROP OWNED BY newcomer; DROP ROLE newcomer",
    )(healthy);
    const { audit = {} } = environments;
    const url = new URL(audit[name] ?? "");
    [url.username, url.password] = ["newcomer", PASSWORD];
    audit[name] = url.href;
    return { ...setup, environments };
  };
}

export const BROKEN_DATABASES: readonly BrokenSetup[] = [
  {
    is: "its name has no address",
    finds: "database.name_unknown",
    arrange: withUrl("DATABASE_URL", (url) => {
      url.hostname = "postgres.invalid";
    }),
  },
  {
    is: "nothing listens there",
    finds: "database.unreachable",
    arrange: withUrl("DATABASE_API_URL", async (url) => {
      url.port = String(await freePort());
    }),
  },
  {
    is: "it has no TLS",
    finds: "database.plain_text",
    arrange: withVariables(["audit"], ({ audit }) => {
      audit["DATABASE_URL"] = `${inject("postgresUrl").replace("127.0.0.1", "localhost")}?sslmode=verify-full`;
    }),
  },
  {
    is: "its certificate is of another authority",
    finds: "database.certificate_refused",
    arrange: async (healthy) => {
      const other = join(healthy.certificates, "other.crt");
      await writeFile(other, createCertificateAuthority().certificate);
      return withUrl("DATABASE_URL", (url) => url.searchParams.set("sslrootcert", other))(healthy);
    },
  },
  {
    is: "the authority's file is not there",
    finds: "database.certificate_refused",
    arrange: withUrl("DATABASE_API_URL", (url) => url.searchParams.set("sslrootcert", "/nowhere/ca.crt")),
  },
  {
    is: "the password is wrong",
    finds: "database.login_refused",
    arrange: withUrl("DATABASE_URL", (url) => {
      url.password = PASSWORD;
    }),
  },
  {
    is: "the database was not made",
    finds: "database.missing",
    arrange: withUrl("DATABASE_API_URL", (url) => {
      url.pathname = "/flowstate_of_old";
    }),
  },
  {
    is: "audit records as a superuser",
    finds: "database.owner_privileged",
    arrange: withVariables(["audit"], ({ audit }, { superuserUrl }) => {
      audit["DATABASE_URL"] = superuserUrl;
    }),
  },
  {
    is: "the tables were made by another role",
    finds: "database.owner_blind",
    arrange: withNewcomer("DATABASE_URL"),
  },
  {
    is: "the API reads as a role that was given every table",
    finds: "database.api_role_unfit",
    says: "api_role_not_a_member",
    arrange: withNewcomer("DATABASE_API_URL"),
  },
  {
    is: "the API may write",
    finds: "database.api_role_writes",
    arrange: withStatements(
      "GRANT UPDATE ON documents TO flowstate_api",
      "REVOKE UPDATE ON documents FROM flowstate_api",
    ),
  },
  {
    is: "the API reads another database",
    finds: "database.two_databases",
    arrange: withUrl("DATABASE_API_URL", (url) => {
      url.pathname = "/postgres";
    }),
  },
  {
    is: "audit was never started",
    finds: "database.migrations_outstanding",
    arrange: withStatements(
      "ALTER TABLE schema_migrations RENAME TO schema_migrations_away",
      "ALTER TABLE schema_migrations_away RENAME TO schema_migrations",
    ),
  },
  {
    is: "a migration was edited after it was applied",
    finds: "database.migrations_contradict",
    arrange: withStatements(
      "UPDATE schema_migrations SET sha256 = 'x' || sha256 WHERE name = '0001-events-and-documents'",
      "UPDATE schema_migrations SET sha256 = substr(sha256, 2) WHERE name = '0001-events-and-documents'",
    ),
  },
  {
    is: "it logs statements with their values",
    finds: "database.logs_values",
    arrange: withStatements(
      "ALTER DATABASE flowstate SET log_statement = 'mod'; ALTER DATABASE flowstate SET log_parameter_max_length = -1",
      "ALTER DATABASE flowstate RESET log_statement; ALTER DATABASE flowstate RESET log_parameter_max_length",
    ),
  },
];
