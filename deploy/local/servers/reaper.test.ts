import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";

// Real: a supervisor process that is killed, the reaper beside it, a process it started. Nothing is doubled.

const SUPERVISOR = `
  import { spawn } from "node:child_process";
  import { join } from "node:path";
  import { tmpdir } from "node:os";
  import { endWithUs, forget, temporaryFolder } from ${JSON.stringify(new URL("reaper.ts", import.meta.url).href)};
  const ignoring = spawn("/bin/sh", ["-c", "trap '' TERM; while :; do sleep 0.1; done"], { detached: true });
  const forgotten = spawn("/bin/sleep", ["60"], { detached: true });
  endWithUs(ignoring.pid, "TERM");
  endWithUs(forgotten.pid, "TERM");
  forget(forgotten.pid);
  const folder = temporaryFolder(join(tmpdir(), "flowstate test "));
  console.log(JSON.stringify({ ignoring: ignoring.pid, forgotten: forgotten.pid, folder }));
  setInterval(() => {}, 1000);
`;

/** A dead process whose parent has not collected it yet counts as ended. */
async function runs(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return stat !== "" && !/\) Z /.test(stat);
}

async function eventually(holds: () => boolean | Promise<boolean>): Promise<boolean> {
  for (const giveUpAt = Date.now() + 20_000; Date.now() < giveUpAt; await sleep(50)) {
    if (await holds()) return true;
  }
  return false;
}

describe.runIf(process.platform === "linux")("the reaper", () => {
  it("ends what a killed supervisor had started and removes its folders, and leaves alone what ended before", async () => {
    const supervisor = spawn(process.execPath, ["--input-type=module", "--eval", SUPERVISOR]);
    const [line] = await once(createInterface({ input: supervisor.stdout }), "line");
    const { ignoring, forgotten, folder } = JSON.parse(String(line));
    expect(await runs(ignoring)).toBe(true);
    expect(existsSync(folder)).toBe(true);
    supervisor.kill("SIGKILL");
    // It ignores SIGTERM, so this also waits for the reaper's patience to end.
    expect(await eventually(async () => !(await runs(ignoring)))).toBe(true);
    expect(await eventually(() => !existsSync(folder))).toBe(true);
    expect(await runs(forgotten)).toBe(true);
    process.kill(forgotten, "SIGKILL");
  });
});
