import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["{libs,services,deploy,checks}/**/*.test.ts"],
    globalSetup: ["deploy/local/testing/vitest-setup.ts"],
    reporters: ["default", "./deploy/local/testing/vitest-counts.ts"],
    // A process for each file: a test that kills, wipes or counts what a process holds does not meet another's.
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
