import { randomBytes } from "node:crypto";
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

/** The clone this launcher belongs to. */
export const ROOT = fileURLToPath(new URL("../../..", import.meta.url)).replace(/\/$/, "");
/** What this clone keeps while it runs; ignored by git. Tests set another, to have a stack of their own. */
export const STATE_FOLDER = process.env["FLOWSTATE_STATE_FOLDER"] ?? join(ROOT, ".flowstate");
/** Where root keeps what an unprivileged uid must be able to run; its home is usually closed to others. */
const SYSTEM_CACHE = "/var/cache/flowstate";

/**
 * The user's cache folder for downloads: `$XDG_CACHE_HOME/flowstate`, else `~/.cache/flowstate`, else, for a user without
 * a home, a folder of the clone.
 */
export function userCache() {
  const base = process.env["XDG_CACHE_HOME"];
  const wanted = join(base === undefined || base === "" ? join(homedir(), ".cache") : base, "flowstate");
  try {
    mkdirSync(wanted, { recursive: true });
    return wanted;
  } catch {
    return join(STATE_FOLDER, "cache");
  }
}

/** A cache folder whose content other users can reach: the user's if it is open, else the system's. Only root asks. */
export function sharedCache() {
  const own = userCache();
  if (othersCanReach(own)) return own;
  mkdirSync(SYSTEM_CACHE, { recursive: true });
  // The umask of the caller may be strict; this folder is meant to be read.
  chmodSync(SYSTEM_CACHE, 0o755);
  return SYSTEM_CACHE;
}

/** Folders being built; a launch that is interrupted does not leave them behind. */
const unfinished = new Set();
process.on("exit", () => {
  for (const folder of unfinished) rmSync(folder, { recursive: true, force: true });
});

/**
 * Puts a folder into a cache in one step. Several launches may do it at the same time: each builds its own copy, the first
 * rename wins, and nobody ever sees half a folder.
 *
 * @param {string} folder the finished folder
 * @param {(building: string) => void | Promise<void>} build fills an empty folder beside it
 * @returns {Promise<string>} `folder`
 */
export async function publish(folder, build) {
  if (existsSync(folder)) return folder;
  const building = `${folder}.${process.pid}-${randomBytes(4).toString("hex")}.building`;
  mkdirSync(building, { recursive: true });
  unfinished.add(building);
  try {
    await build(building);
    try {
      renameSync(building, folder);
    } catch (error) {
      if (!existsSync(folder)) throw error;
    }
  } finally {
    rmSync(building, { recursive: true, force: true });
    unfinished.delete(building);
  }
  return folder;
}

/**
 * Whether a user who is neither owner nor in the group can pass through every folder down to `path` and read it.
 *
 * @param {string} path
 */
export function othersCanReach(path) {
  const real = realpathSync(path);
  const info = statSync(real);
  if ((info.mode & constants.S_IROTH) === 0) return false;
  for (let at = info.isDirectory() ? real : dirname(real); ; at = dirname(at)) {
    if ((statSync(at).mode & constants.S_IXOTH) === 0) return false;
    if (at === dirname(at)) return true;
  }
}

/**
 * The first of `names` that is an executable in PATH.
 *
 * @param {...string} names
 * @returns {string | undefined}
 */
export function findInPath(...names) {
  for (const folder of (process.env["PATH"] ?? "").split(":")) {
    for (const name of names) {
      const candidate = join(folder, name);
      if (folder !== "" && isExecutable(candidate)) return candidate;
    }
  }
  return undefined;
}

/** @param {string} path */
export function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
