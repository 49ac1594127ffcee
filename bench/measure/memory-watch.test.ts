// Real: a child that takes memory and gives it back, as the kernel sees it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { MemoryWatch } from "./memory-watch.ts";

const MIB = 1024 * 1024;
const PROGRAM = `
  process.once("message", () => {
    process.held = Buffer.alloc(${128 * MIB}, 1);
    setTimeout(() => { process.held = undefined; gc(); process.send("gone"); }, 500);
  });
  process.send("ready");`;

describe.runIf(process.platform === "linux")("memory that is watched", () => {
  it("is told by its peak, also when it is gone again, and what looking took", async () => {
    const child = spawn(process.execPath, ["--expose-gc", "--eval", PROGRAM], {
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    try {
      await once(child, "message");
      await using watch = await MemoryWatch.start({ processes: () => ({ child: [child.pid ?? 0] }) });
      child.send("fill");
      await once(child, "message");
      await sleep(100);
      const { peakBytes, looks, lookingShare } = await watch.read();
      expect(peakBytes).toBeGreaterThan(128 * MIB);
      expect(looks).toBeGreaterThan(3);
      expect(lookingShare).toBeGreaterThan(0);
      expect(lookingShare).toBeLessThan(1);
    } finally {
      child.kill("SIGKILL");
    }
  });
});
