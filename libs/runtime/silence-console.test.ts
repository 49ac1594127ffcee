// Real: the console of a process. Doubled: nothing.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const MODULE = new URL("./silence-console.ts", import.meta.url).href;
const SILENCE = `import { silenceConsole } from ${JSON.stringify(MODULE)}; silenceConsole();`;
const SAY_EVERYTHING = `
  for (const name of ["debug", "dir", "dirxml", "error", "info", "log", "table", "trace", "warn"]) console[name]("canary");
`;

async function written(program: string): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", program]);
  return stdout + stderr;
}

it("says nothing that the console is told, by whatever method", async () => {
  expect(await written(SAY_EVERYTHING)).toContain("canary");
  expect(await written(SILENCE + SAY_EVERYTHING)).toBe("");
});
