// Real: this process and a child that works and fills memory, as the kernel sees them.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { memoryBytes, processFamily, processorSeconds } from "./process-usage.ts";

const MIB = 1024 * 1024;

describe.runIf(process.platform === "linux")("what the kernel says of processes", () => {
  it("counts the processor time and the memory of a child, and knows whose child it is", async () => {
    const program = `const held = Buffer.alloc(${64 * MIB}, 1); while (process.cpuUsage().user < 200_000); console.log(held.length); setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ["--eval", program], { stdio: ["ignore", "pipe", "inherit"] });
    const pid = child.pid ?? 0;
    try {
      await once(child.stdout, "data");
      expect(processFamily(process.pid)).toContain(pid);
      expect(processorSeconds(pid)).toBeGreaterThan(0.15);
      expect(memoryBytes(pid)).toBeGreaterThan(64 * MIB);
    } finally {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
    expect([processorSeconds(pid), memoryBytes(pid)]).toEqual([0, 0]);
  });
});
