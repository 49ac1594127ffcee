// Real: a child that works for a while and then waits, as the kernel sees it.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, it, onTestFinished } from "vitest";
import { settle } from "./settle.ts";

const WINDOW_MS = 300;

async function working(program: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, ["--eval", `console.log(1); ${program}`], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await once(child, "exit");
  });
  await once(child.stdout ?? child, "data");
  return child;
}

describe.runIf(process.platform === "linux")("processes that settle", () => {
  it("are waited for until they rest", async () => {
    const { pid = 0 } = await working(
      "while (process.cpuUsage().user < 500_000); setInterval(() => {}, 1_000); console.log(2);",
    );
    const startedAt = performance.now();
    expect(await settle(() => [pid], { windowMs: WINDOW_MS })).toBe(true);
    expect(performance.now() - startedAt).toBeGreaterThan(2 * WINDOW_MS);
  });

  it("are given up when they never rest", async () => {
    const { pid = 0 } = await working("for (;;);");
    expect(await settle(() => [pid], { windowMs: WINDOW_MS, limitMs: 2 * WINDOW_MS })).toBe(false);
  });

  it("rest when there are none of them", async () => {
    expect(await settle(() => [], { windowMs: 1 })).toBe(true);
  });
});
