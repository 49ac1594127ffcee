import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";

const INSIDE_VARIABLE = "FLOWSTATE_FAULTS_OWN_MOUNTS";

/** Whether what this process mounts is seen by nobody else, and is gone with the last process that sees it. */
export function hasOwnMounts(): boolean {
  return process.env[INSIDE_VARIABLE] === "yes";
}

/**
 * Goes through this program once more where its mounts are its own (`unshare --mount`), and answers its exit code. Undefined
 * when that is so already, or cannot be had: only root may, on Linux.
 */
export async function withOwnMounts(program: string, args: readonly string[]): Promise<number | undefined> {
  if (hasOwnMounts() || spawnSync("unshare", ["--mount", "true"]).status !== 0) return undefined;
  const child = spawn("unshare", ["--mount", process.execPath, program, ...args], {
    stdio: "inherit",
    env: { ...process.env, [INSIDE_VARIABLE]: "yes" },
  });
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => child.kill(signal));
  const [code] = await once(child, "exit");
  return typeof code === "number" ? code : 1;
}
