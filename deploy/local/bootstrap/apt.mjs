import process from "node:process";
import { findInPath } from "./cache.mjs";
import { Failure } from "./failure.mjs";
import { reasonIn, run } from "./run.mjs";

const FETCH_TIMEOUT_MS = 300_000;
/** A machine without network is told so in seconds: apt waits for two minutes and asks three times unless told otherwise. */
const IMPATIENT = ["-o", "Acquire::Retries=1", "-o", "Acquire::http::Timeout=20"];

/**
 * Runs apt-get; see `run`.
 *
 * @param {readonly string[]} args
 * @param {string} cwd
 */
export function apt(args, cwd) {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  return run("apt-get", ["-q", ...args], { cwd, env, timeoutMs: FETCH_TIMEOUT_MS });
}

/** Whether packages of the distribution can be installed by us: who is not root may not. */
export function mayInstallWithApt() {
  return process.getuid?.() === 0 && findInPath("apt-get") !== undefined;
}

/**
 * Installs packages of the distribution. Throws a `Failure` with apt-get's reason.
 *
 * @param {readonly string[]} packages
 */
export async function installWithApt(packages) {
  const install = [...IMPATIENT, "install", "-y", "--no-install-recommends", ...packages];
  if ((await apt(install, "/")).ok) return;
  // The machine's package lists are empty or stale.
  await apt([...IMPATIENT, "update"], "/");
  const retried = await apt(install, "/");
  if (!retried.ok) throw new Failure(`apt-get: ${reasonIn(retried.output)}`);
}
