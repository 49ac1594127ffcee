import { installWithApt, mayInstallWithApt } from "./apt.mjs";
import { findInPath } from "./cache.mjs";
import { Failure } from "./failure.mjs";
import { step } from "./progress.mjs";

/**
 * Finds strace, or gets it where that takes nothing but the package manager.
 *
 * @returns {Promise<string | undefined>} path of the binary; undefined where there is none, which is no failure: who would
 * use it says what he does instead
 */
export async function bringStrace() {
  const present = findInPath("strace");
  if (present !== undefined || !mayInstallWithApt()) return present;
  try {
    await step("installing strace with apt-get", () => installWithApt(["strace"]));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
  }
  return findInPath("strace");
}
