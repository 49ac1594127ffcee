import type { Reporter, SerializedError, TestModule } from "vitest/node";

/**
 * Ends a test run with one plain line, `N passed, N failed`. A file that could not be loaded and an error outside any test
 * are failures, too; a run without a single test is one.
 */
export default class CountsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    let passed = 0;
    let failed = unhandledErrors.length;
    let skipped = 0;
    for (const module of modules) {
      failed += module.errors().length;
      for (const suite of module.children.allSuites()) failed += suite.errors().length;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === "passed") passed += 1;
        else if (state === "failed") failed += 1;
        else skipped += 1;
      }
    }
    if (skipped > 0) process.stdout.write(`${skipped} skipped${whyWithoutBrowser()}\n`);
    process.stdout.write(`${passed} passed, ${failed} failed\n`);
    if (failed > 0 || passed === 0) process.exitCode = 1;
  }
}

/** A machine without a browser runs everything but the suites that drive one; the launcher has found out why. */
function whyWithoutBrowser(): string {
  const reason = process.env["FLOWSTATE_CHROMIUM_MISSING"];
  return reason === undefined ? "" : `, among them those that drive a browser: ${reason}`;
}
