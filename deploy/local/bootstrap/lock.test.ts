import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

// Real: the launcher's lock, taken by processes. Nothing is doubled.

const LOCK_MODULE = JSON.stringify(new URL("lock.mjs", import.meta.url).href);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "flowstate-test-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** Takes the lock in a process of its own, keeps it until that process is ended. */
async function holder(path: string): Promise<{ pid: number; end(signal: NodeJS.Signals): Promise<unknown> }> {
  const code = `import { tryLock } from ${LOCK_MODULE};
    process.on("SIGTERM", () => process.exit());
    console.log(tryLock(${JSON.stringify(path)}).held);
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", code]);
  const [line] = await once(createInterface({ input: child.stdout }), "line");
  expect(line).toBe("true");
  const ended = once(child, "exit");
  return {
    pid: child.pid ?? 0,
    end(signal) {
      child.kill(signal);
      return ended;
    },
  };
}

/** What another process is answered that asks for the lock once. */
async function attempt(path: string): Promise<string> {
  const code = `import { tryLock } from ${LOCK_MODULE};
    const { held, pid } = tryLock(${JSON.stringify(path)});
    console.log(held ? "held" : "held by " + pid);`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", code]);
  return stdout.trim();
}

describe("the launcher's lock", () => {
  it("names its owner to others, and is free again when he has ended", async () => {
    const path = join(folder, "ordinary.lock");
    const owner = await holder(path);
    expect(await attempt(path)).toBe(`held by ${owner.pid}`);
    await owner.end("SIGTERM");
    expect(await attempt(path)).toBe("held");
  });

  it("is taken over from an owner who was killed", async () => {
    const path = join(folder, "killed.lock");
    const owner = await holder(path);
    await owner.end("SIGKILL");
    expect(await readFile(path, "utf8")).toContain(String(owner.pid));
    expect(await attempt(path)).toBe("held");
  });

  it("is taken over when another process has its owner's pid by now", async () => {
    const path = join(folder, "reused.lock");
    await writeFile(path, `${process.pid} another-start-time\n`);
    expect(await attempt(path)).toBe("held");
  });

  it("has one owner when many ask at the same time, and leaves nothing behind", async () => {
    const path = join(folder, "contended.lock");
    await writeFile(path, "4194304 dead\n");
    const code = `import { lock } from ${LOCK_MODULE};
      import { appendFileSync } from "node:fs";
      const log = (what) => appendFileSync(${JSON.stringify(join(folder, "order"))}, what + "\\n");
      const held = await lock(${JSON.stringify(path)}, () => {});
      log("in"); await new Promise((resolve) => setTimeout(resolve, 20)); log("out");
      held.release();`;
    const ask = () => promisify(execFile)(process.execPath, ["--input-type=module", "--eval", code]);
    await Promise.all(Array.from({ length: 8 }, ask));
    const order = (await readFile(join(folder, "order"), "utf8")).trim().split("\n");
    expect(order).toEqual(Array.from({ length: 8 }, () => ["in", "out"]).flat());
    expect((await readdir(folder)).filter((name) => name.startsWith("contended"))).toEqual([]);
  });
});
