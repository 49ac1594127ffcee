import { join } from "node:path";
import process from "node:process";
import { installWithApt, mayInstallWithApt } from "./apt.mjs";
import { findInPath, isExecutable, STATE_FOLDER } from "./cache.mjs";
import { Failure } from "./failure.mjs";
import { lock } from "./lock.mjs";
import { step } from "./progress.mjs";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const MAC_APPS = ["Chromium", "Google Chrome"].map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`);
/** The browser, and the typeface that the dashboard asks for first: the pictures that the tests keep look as it is meant. */
const DEBIAN_PACKAGES = ["chromium", "fonts-inter"];

/**
 * Finds Chromium or gets one, for the tests that drive the dashboard. It alone may be missing: those tests are skipped
 * then, and the sentence says why.
 *
 * @returns {Promise<{ path: string } | { missing: string }>}
 */
export async function bringChromium() {
  const named = process.env["FLOWSTATE_CHROMIUM"];
  if (named !== undefined && named !== "") {
    if (isExecutable(named)) return { path: named };
    throw new Failure(`FLOWSTATE_CHROMIUM names ${named}, which is no executable: correct it or unset it`);
  }
  const present = presentChromium();
  if (present !== undefined) return { path: present };
  try {
    const installed = await installUnlessPresent();
    return installed === undefined ? { missing: `no Chromium is on this machine: ${remedy()}` } : { path: installed };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { missing: `Chromium could not be installed (${error.message}): ${remedy()}` };
  }
}

function presentChromium() {
  return findInPath(...NAMES) ?? MAC_APPS.find(isExecutable);
}

function remedy() {
  const how = process.platform === "darwin" ? "brew install --cask chromium" : "sudo apt-get install chromium";
  return `run \`${how}\`, or set FLOWSTATE_CHROMIUM to one`;
}

/** Undefined where that is not ours to do. Two test runs side by side install once: the second waits for the first. */
async function installUnlessPresent() {
  if (!mayInstallWithApt()) return undefined;
  const held = await lock(join(STATE_FOLDER, "chromium.lock"), (pid) => {
    process.stderr.write(`· waiting for another launch that is installing Chromium (pid ${pid})\n`);
  });
  try {
    return (
      presentChromium() ?? (await step("installing Chromium with apt-get, for the browser tests", installPackages))
    );
  } finally {
    held.release();
  }
}

async function installPackages() {
  await installWithApt(DEBIAN_PACKAGES);
  return presentChromium();
}
