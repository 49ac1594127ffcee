import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";

// Real: the process, its output, signals and HTTP. Nothing is doubled.

const MAIN = fileURLToPath(new URL("./erp-main.ts", import.meta.url));
const running = new Set<ChildProcess>();

afterEach(() => {
  for (const child of running) child.kill("SIGKILL");
  running.clear();
});

function startProcess(environment: Record<string, string>) {
  const child = spawn(process.execPath, [MAIN], {
    env: { PATH: process.env["PATH"], ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  return child;
}

describe("the ERP process", () => {
  it.each(["SIGTERM", "SIGINT"] as const)("says where it is, serves, and stops cleanly on %s", async (signal) => {
    const child = startProcess({ ERP_PORT: "0" });
    const [line] = await once(createInterface(child.stdout), "line");
    const ready = JSON.parse(String(line)) as { event: string; url: string };
    expect(ready).toEqual({ event: "service.ready", url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) });
    const answer = await fetch(`${ready.url}/received`);
    expect([answer.status, await answer.json()]).toEqual([200, []]);
    child.kill(signal);
    const [code] = await once(child, "exit");
    expect(code).toBe(0);
  });

  it("says what is wrong with its port and ends", async () => {
    const child = startProcess({ ERP_PORT: "no-port" });
    const [message] = await once(child.stderr, "data");
    expect(String(message)).toBe("ERP_PORT must be a TCP port\n");
    const [code] = child.exitCode === null ? await once(child, "exit") : [child.exitCode];
    expect(code).toBe(78);
  });
});
