import { execFileSync } from "node:child_process";
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import process from "node:process";

/**
 * Takes a lock that is a file naming its owner. The owner is written as pid and start time: a pid alone is reused, and
 * after a power cut a lock would then belong to a stranger for ever.
 *
 * @param {string} path
 * @returns {{ held: true, release(): void } | { held: false, pid: number }}
 */
export function tryLock(path) {
  mkdirSync(dirname(path), { recursive: true });
  const claim = `${path}.${process.pid}`;
  writeFileSync(claim, `${process.pid} ${startOf(process.pid)}\n`);
  try {
    for (;;) {
      // A hard link appears with its content or not at all: nobody reads a lock without an owner.
      if (linked(claim, path)) return { held: true, release: releaseAtExit(path) };
      const owner = ownerOf(path);
      if (owner === undefined) continue;
      if (owner.alive) return { held: false, pid: owner.pid };
      takeAway(path, claim, owner.text);
    }
  } finally {
    rmSync(claim, { force: true });
  }
}

/**
 * Waits for the lock; `onWait` is told once, with the pid that holds it.
 *
 * @param {string} path
 * @param {(pid: number) => void} onWait
 */
export async function lock(path, onWait) {
  for (let told = false; ; told = true) {
    const attempt = tryLock(path);
    if (attempt.held) return attempt;
    if (!told) onWait(attempt.pid);
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}

const RETRY_MS = 200;

function releaseAtExit(path) {
  const release = () => {
    process.off("exit", release);
    rmSync(path, { force: true });
  };
  process.on("exit", release);
  return release;
}

function linked(claim, path) {
  try {
    linkSync(claim, path);
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  }
}

function ownerOf(path) {
  try {
    const text = readFileSync(path, "utf8");
    const [pid = "0", ...start] = text.trim().split(" ");
    return { text, pid: Number(pid), alive: startOf(Number(pid)) === start.join(" ") && start.length > 0 };
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** Removes a dead owner's lock. Should another launch have replaced it meanwhile, that one is put back. */
function takeAway(path, claim, expected) {
  const aside = `${claim}.stale`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (error.code === "ENOENT") return;
    throw error;
  }
  if (readFileSync(aside, "utf8") !== expected) linked(aside, path);
  rmSync(aside, { force: true });
}

/**
 * When a process started, in whatever unit its system tells; empty when there is no such process.
 *
 * @param {number} pid
 */
function startOf(pid) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (error.code !== "EPERM") return "";
  }
  try {
    if (process.platform !== "linux") return execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], PS).trim();
    // Field 22 of /proc/PID/stat; the second field is the command's name in parentheses and may hold anything.
    const [state, ...fields] = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
    return state === "Z" ? "" : (fields[STARTTIME_AFTER_STATE] ?? "");
  } catch {
    return "";
  }
}

const PS = /** @type {const} */ ({ encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
const STARTTIME_AFTER_STATE = 18;
