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

async function vitest(...filters: string[]): Promise<{ code: number; lastLine: string | undefined }> {
  const { code, lines } = await vitestLines(filters);
  return { code, lastLine: lines.at(-1) };
}

function vitestLines(filters: string[], environment = {}): Promise<{ code: number; lines: readonly string[] }> {
  const args = [VITEST, "run", "--root", folder, "--globals", `--reporter=${REPORTER}`, ...filters];
  const env = { ...process.env, ...environment };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, args, { env }, (_error, stdout) =>
      resolve({ code: child.exitCode ?? -1, lines: stdout.trimEnd().split("\n") }),
    );
  });
}

describe("the last line of a test run", () => {
  it("counts what passed; skipped tests are neither", async () => {
    expect(await vitest("passing")).toEqual({ code: 0, lastLine: "2 passed, 0 failed" });
  });

  it("is preceded by how many were skipped, and on a machine without a browser by why", async () => {
    const reason = "no Chromium is on this machine";
    const { lines } = await vitestLines(["passing"], { FLOWSTATE_CHROMIUM_MISSING: reason });
    expect(lines.at(-2)).toBe(`1 skipped, among them those that drive a browser: ${reason}`);
  });

  it("counts what failed, a file that could not be loaded included", async () => {
    expect(await vitest()).toEqual({ code: 1, lastLine: "2 passed, 2 failed" });
  });

  it("is a failure when no test ran", async () => {
    expect(await vitest("-t", "nothing is called so", "passing")).toEqual({ code: 1, lastLine: "0 passed, 0 failed" });
    expect(await vitest("absent")).toEqual({ code: 1, lastLine: "0 passed, 0 failed" });
  });
});
