// Real: the launcher's search for Chromium, in a process with a PATH of its own. Doubled: the browsers, by empty programs.
import { execFile } from "node:child_process";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const MODULE = JSON.stringify(new URL("chromium.mjs", import.meta.url).href);
/** The applications of a Mac are looked for where they are, whatever PATH says. */
const IS_MAC = process.platform === "darwin";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "flowstate-test-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function program(name: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, "");
  await chmod(path, 0o755);
  return path;
}

/** What `bringChromium` answers, or the message of the failure that it throws. */
async function bring(environment: NodeJS.ProcessEnv): Promise<unknown> {
  const code = `const { bringChromium } = await import(${MODULE});
    console.log(JSON.stringify(await bringChromium().catch(({ message }) => message)));`;
  const env = { PATH: "", ...environment };
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", code], { env });
  return JSON.parse(stdout);
}

describe("Chromium", () => {
  it("is the one that FLOWSTATE_CHROMIUM names, before any other", async () => {
    const named = await program("named");
    await program("chromium");
    expect(await bring({ PATH: folder, FLOWSTATE_CHROMIUM: named })).toEqual({ path: named });
  });

  it("is not replaced by another when FLOWSTATE_CHROMIUM names none", async () => {
    expect(await bring({ PATH: folder, FLOWSTATE_CHROMIUM: join(folder, "absent") })).toMatch(
      /^FLOWSTATE_CHROMIUM names .*absent, which is no executable: correct it or unset it$/,
    );
  });

  it("is the one in PATH", async () => {
    const path = await program("chromium");
    expect(await bring({ PATH: `/nowhere:${folder}` })).toEqual({ path });
  });

  it.skipIf(IS_MAC)(
    "is said to be missing, with what to do, where there is neither one nor a way to get one",
    async () => {
      expect(await bring({ PATH: "/nowhere" })).toEqual({
        missing: expect.stringMatching(/^no Chromium is on this machine: run `sudo apt-get install chromium`, or set/),
      });
    },
  );
});
