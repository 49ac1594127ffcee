import { defineConfig } from "vitest/config";

/** Suites that measure: beside others they would measure those. */
const ALONE = "{libs,services,deploy,checks,proofs,bench}/**/*.alone.test.ts";

type ProjectConfig = NonNullable<import("vitest/config").UserWorkspaceConfig["test"]>;

const common = {
  // A process for each file: a test that kills, wipes or counts what a process holds does not meet another's.
  pool: "forks",
  testTimeout: 30_000,
  hookTimeout: 60_000,
} satisfies ProjectConfig;

export default defineConfig({
  test: {
    globalSetup: "deploy/local/testing/vitest-setup.ts",
    reporters: ["default", "./deploy/local/testing/vitest-counts.ts"],
    projects: [
      {
        test: {
          ...common,
          name: "together",
          include: ["{libs,services,deploy,checks,proofs,bench}/**/*.test.ts"],
          exclude: [ALONE],
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      { test: { ...common, name: "alone", include: [ALONE], maxWorkers: 1, sequence: { groupOrder: 1 } } },
    ],
  },
});
