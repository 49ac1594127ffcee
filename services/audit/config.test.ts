// Real: the configuration schema and its reader. Doubled: the environment.
import { ConfigError, readConfig } from "@flowstate/runtime";
import { describe, expect, it } from "vitest";
import { auditConfig } from "./config.ts";

const complete = {
  DATABASE_URL: "postgres://flowstate:hunter2hunter2@db/flowstate",
  NATS_URL: "nats://broker:4222",
  NATS_EVENTS_PASSWORD: "0123456789abcdef",
  API_SECRET: "0123456789abcdef",
};
const read = (environment: NodeJS.ProcessEnv) => readConfig(auditConfig.schema, auditConfig.variables, environment);
function problemsOf(environment: NodeJS.ProcessEnv): readonly string[] {
  try {
    read(environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

describe("audit's configuration", () => {
  it("has defaults for everything that is no secret and no address", () => {
    expect(read(complete)).toMatchObject({
      AUDIT_HOST: "0.0.0.0",
      AUDIT_PORT: 8081,
      TENANT_ID: "default",
      LOG_LEVEL: "info",
    });
  });

  it("lists everything that is missing at once", () => {
    expect(problemsOf({}).map((problem) => problem.split(":")[0])).toEqual(
      expect.arrayContaining(["DATABASE_URL", "NATS_URL", "NATS_EVENTS_PASSWORD", "API_SECRET"]),
    );
  });

  it.each(["mysql://db/x", "postgres://", "flowstate", "postgres://user:pa ss@[db/x"])(
    "refuses the database URL %s without quoting it",
    (url) => {
      const problems = problemsOf({ ...complete, DATABASE_URL: url });
      expect(problems).toEqual([expect.stringMatching(/^DATABASE_URL: must be a postgres:\/\/ URL$/)]);
    },
  );

  it("describes every variable, and marks every secret", () => {
    for (const [name, schema] of Object.entries(auditConfig.schema.shape)) {
      expect(schema.description, name).toMatch(/\.$/);
    }
    const secrets = Object.entries(auditConfig.schema.shape).filter(([, schema]) => schema.meta()?.["secret"] === true);
    expect(secrets.map(([name]) => name).sort()).toEqual(["API_SECRET", "DATABASE_URL", "NATS_EVENTS_PASSWORD"]);
  });
});
