import { readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { ROOT, STATE_FOLDER } from "./cache.mjs";
import { Failure } from "./failure.mjs";
import { lock } from "./lock.mjs";
import { step } from "./progress.mjs";
import { npmCommand, reasonIn, run } from "./run.mjs";

const INSTALL_TIMEOUT_MS = 900_000;

/**
 * Installs what package-lock.json lists, unless it is installed. Two launches side by side in one clone install once: the
 * second waits for the first.
 *
 * @param {string} node path of the Node binary that runs npm
 */
export async function installDependencies(node) {
  if (isInstalled()) return;
  const held = await lock(join(STATE_FOLDER, "install.lock"), (pid) => {
    process.stderr.write(`· waiting for another launch that is installing (pid ${pid})\n`);
  });
  try {
    if (!isInstalled()) await step("installing packages with npm ci", () => npmCi(node));
  } finally {
    held.release();
  }
}

/** Install scripts stay off: no package of ours needs one. Development packages are part of the run, whatever NODE_ENV. */
async function npmCi(node) {
  const [npm, ...args] = npmCommand(node);
  const flags = ["--ignore-scripts", "--include=dev", "--include=optional", "--no-audit", "--no-fund"];
  const { ok, output } = await run(npm, [...args, "ci", ...flags], { cwd: ROOT, timeoutMs: INSTALL_TIMEOUT_MS });
  if (!ok)
    throw new Failure(`npm ci failed (${reasonIn(output)}): check the network and npm's registry, then run again`);
}

/**
 * npm writes what it installed to a lock file inside node_modules, last of all. The tree is complete when that agrees with
 * package-lock.json in everything but packages for other platforms.
 */
function isInstalled() {
  const wanted = packagesOf(join(ROOT, "package-lock.json"));
  const installed = packagesOf(join(ROOT, "node_modules", ".package-lock.json"));
  if (wanted === undefined) throw new Failure("package-lock.json is missing or damaged: restore it with git checkout");
  if (installed === undefined) return false;
  for (const [path, entry] of Object.entries(wanted)) {
    const there = installed[path];
    if (path === "" || (there === undefined && entry.optional === true)) continue;
    if (there?.version !== entry.version || there?.integrity !== entry.integrity) return false;
  }
  return Object.keys(installed).every((path) => path in wanted);
}

function packagesOf(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8")).packages;
  } catch {
    return undefined;
  }
}
