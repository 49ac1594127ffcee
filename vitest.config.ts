import { defineConfig } from "vitest/config";

/** Suites that measure: beside others they would measure those. */
const ALONE = "{libs,services,deploy,checks,proofs,bench}/**/*.alone.test.ts";

/** Folders that do nothing but calculate. */
const CALCULATIONS =
  "{libs/contracts,services/{extractor/{grounding/*,sanitise,validation},erp-pusher/payload,ingest/receive/mime}}/**/*.test.ts";

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
          exclude: [ALONE, CALCULATIONS],
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        // To start a process takes longer than most of these suites, and they hold nothing that another could meet. Within a
        // group Vitest goes by the names of the projects: these come last, and keep one worker busy while the other ends.
        test: {
          ...common,
          name: "together-in-one-process",
          include: [CALCULATIONS],
          isolate: false,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      { test: { ...common, name: "alone", include: [ALONE], maxWorkers: 1, sequence: { groupOrder: 1 } } },
    ],
  },
});
