import { defineConfig } from "vitest/config";
import { HARDENED_NODE_FLAGS } from "./libs/ghost/hardening.ts";

/** Suites that measure: beside others they would measure those. */
const ALONE = "{libs,services,deploy,checks,proofs,bench}/**/*.alone.test.ts";

/** What a suite is named by that needs more than this process. */
const COSTS = ["*.pg", "*.nats", "*.e2e", "*.alone"];

/** The suites of these folders that need nothing else, but for `others`: they start processes, measure, or replace what Node gives. */
const withoutServers = (folders: string, ...others: readonly string[]) =>
  `${folders}/**/!(${[...COSTS, ...others].join("|")}).test.ts`;

/** What only calculates, or holds what is its own alone. */
const TOGETHER_IN_ONE_PROCESS = [
  withoutServers("bench/{load,report}"),
  withoutServers("checks", "lint-rules"),
  withoutServers("deploy/{docker,doctor,generate,kubernetes,otel,railway}"),
  withoutServers("libs/contracts"),
  withoutServers("proofs/crash", "erp-ledger", "strike"),
  withoutServers("services/audit/{alerts,chain,database,live,projection,recording,retention,routes}"),
  withoutServers("services/audit/dashboard", "live-feed"),
  withoutServers("services/erp-pusher/{egress,payload}"),
  withoutServers("services/extractor/{e-invoice,grounding/*,pdf/associated,sanitise,units,validation}"),
  withoutServers("services/extractor/gemini", "faults", "model-trace", "provider", "transport"),
  withoutServers("services/ingest/{process,receive,routes}", "multipart-corpus", "multipart-parser"),
];

type ProjectConfig = NonNullable<import("vitest/config").UserWorkspaceConfig["test"]>;

const common = {
  // A process for each file: a test that kills, wipes or counts what a process holds does not meet another's.
  pool: "forks",
  // Collected and cleared as in production: what a document may cost depends on it.
  execArgv: [...HARDENED_NODE_FLAGS],
  testTimeout: 30_000,
  hookTimeout: 60_000,
  // Vitest gives up polling after a second, which a busy machine may take; what comes sooner is not waited for.
  expect: { poll: { timeout: 10_000 } },
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
          exclude: [ALONE, ...TOGETHER_IN_ONE_PROCESS],
          maxWorkers: 3,
          sequence: { groupOrder: 0 },
        },
      },
      {
        // To start a process takes longer than most of these suites, and they hold nothing that another could meet. Within a
        // group Vitest goes by the names of the projects: these come last, and keep one worker busy while the other ends.
        test: {
          ...common,
          name: "together-in-one-process",
          include: TOGETHER_IN_ONE_PROCESS,
          isolate: false,
          maxWorkers: 3,
          sequence: { groupOrder: 0 },
        },
      },
      { test: { ...common, name: "alone", include: [ALONE], maxWorkers: 1, sequence: { groupOrder: 1 } } },
    ],
  },
});
