// Real: strace where it is there, processes that write. Doubled: nothing; a strace that is missing stands for all that fail.
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { removeNow, temporaryFolder } from "../../../deploy/local/servers/reaper.ts";
import { startServerProcess } from "../../../deploy/local/servers/server-process.ts";
import { SyscallTrace } from "./syscall-trace.ts";

const folder = temporaryFolder(join(tmpdir(), "flowstate-opened-"));
afterAll(() => removeNow(folder));
const probe = await SyscallTrace.begin("strace");
await probe?.[Symbol.asyncDispose]();

describe.runIf(probe !== undefined)("a traced process", () => {
  it("shows every file that it writes, renames or removes again, and keeps its pid", async () => {
    await using trace = await SyscallTrace.begin("strace");
    const script = 'cd "$0"; echo $$ > a; mv a b; echo > gone; rm gone; cat b';
    const logPath = join(folder, "log");
    const started = startServerProcess({
      command: "/bin/sh",
      args: ["-c", script, folder],
      logPath,
      stopSignal: "TERM",
      runUnder: trace?.runUnder,
      options: {},
    });
    await started.exited;
    await expect.poll(() => trace?.paths()).toEqual(["a", "b", "gone"].map((name) => join(folder, name)));
    expect(readFileSync(logPath, "utf8").trim()).toBe(String(started.pid));
  });
});

describe("without a strace that may trace", () => {
  it.each(["/no/strace", "/bin/false", "/bin/true"])("nothing claims to trace with %s", async (strace) => {
    expect(await SyscallTrace.begin(strace)).toBeUndefined();
  });
});
