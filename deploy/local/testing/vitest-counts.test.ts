import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

// Real: Vitest itself, run on a folder of its own. Nothing is doubled.

const VITEST = fileURLToPath(new URL("../../../node_modules/vitest/vitest.mjs", import.meta.url));
const REPORTER = fileURLToPath(new URL("vitest-counts.ts", import.meta.url));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "flowstate-test-"));
  await writeFile(join(folder, "passing.test.ts"), "it('a', () => {}); it('b', () => {}); it.skip('c', () => {});");
  await writeFile(join(folder, "failing.test.ts"), "it('a', () => { throw new Error('no'); });");
  await writeFile(join(folder, "broken.test.ts"), "throw new Error('not even loaded');");
});
afterAll(() => rm(folder, { recursive: true }));

function vitest(...filters: string[]): Promise<{ code: number; lastLine: string | undefined }> {
  const args = [VITEST, "run", "--root", folder, "--globals", `--reporter=${REPORTER}`, ...filters];
  return new Promise((resolve) => {
    const child = execFile(process.execPath, args, (_error, stdout) =>
      resolve({ code: child.exitCode ?? -1, lastLine: stdout.trimEnd().split("\n").at(-1) }),
    );
  });
}

describe("the last line of a test run", () => {
  it("counts what passed; skipped tests are neither", async () => {
    expect(await vitest("passing")).toEqual({ code: 0, lastLine: "2 passed, 0 failed" });
  });

  it("counts what failed, a file that could not be loaded included", async () => {
    expect(await vitest()).toEqual({ code: 1, lastLine: "2 passed, 2 failed" });
  });

  it("is a failure when no test ran", async () => {
    expect(await vitest("-t", "nothing is called so", "passing")).toEqual({ code: 1, lastLine: "0 passed, 0 failed" });
    expect(await vitest("absent")).toEqual({ code: 1, lastLine: "0 passed, 0 failed" });
  });
});
