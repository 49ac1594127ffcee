import process from "node:process";
import { findInPath } from "./cache.mjs";
import { Failure } from "./failure.mjs";
import { step } from "./progress.mjs";
import { reasonIn, run } from "./run.mjs";

const FETCH_TIMEOUT_MS = 300_000;

/** Runs apt-get; see `run`. */
export function apt(args, cwd) {
  return run("apt-get", ["-q", ...args], { cwd, timeoutMs: FETCH_TIMEOUT_MS });
}

/**
 * Installs a package of the distribution. Undefined where this user or this machine cannot. Throws a `Failure` with the
 * reason of apt-get.
 *
 * @param {string} name
 * @returns {Promise<true | undefined>}
 */
export async function installWithApt(name) {
  if (process.getuid?.() !== 0 || findInPath("apt-get") === undefined) return undefined;
  const args = ["install", "-y", "--no-install-recommends", name];
  const installed = await step(`installing ${name} with apt-get`, async () => {
    const direct = await apt(args, "/");
    if (direct.ok) return direct;
    // The package lists of a fresh machine are empty.
    await apt(["update"], "/");
    return await apt(args, "/");
  });
  if (!installed.ok) throw new Failure(`apt-get install: ${reasonIn(installed.output)}`);
  return true;
}
