import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";

/**
 * Nothing that this process starts may outlive it, not even when it is killed with SIGKILL or a test worker crashes. A
 * shell of one megabyte waits beside us for our end of a pipe to close. It is there while there is something to look after.
 */

const SCRIPT = fileURLToPath(new URL("reaper.sh", import.meta.url));

let reaper: ChildProcess | undefined;
const lookedAfter = new Set<string>();

/** Asks `pid` to stop with `signal` should this process die first. Call `forget` when it has ended. */
export function endWithUs(pid: number, signal: "INT" | "TERM" | "KILL"): void {
  lookAfter(`pid ${pid}`, `watch ${signal} ${pid}`);
}

/** The process has ended; its pid may soon be somebody else's. */
export function forget(pid: number): void {
  reaper?.stdin?.write(`forget ${pid}\n`);
  letGo(`pid ${pid}`);
}

/** Removes a folder when this process is gone and what it started has ended, if `removeNow` did not do it before. */
export function removeWithUs(folder: string): void {
  lookAfter(folder, `remove ${folder}`);
}

/** Removes a file as soon as this process is gone: one that says that we are here. */
export function unlinkWithUs(file: string): void {
  lookAfter(file, `unlink ${file}`);
}

/** A new folder whose name begins with `prefix`, removed with us at the latest. */
export function temporaryFolder(prefix: string): string {
  const folder = mkdtempSync(prefix);
  removeWithUs(folder);
  return folder;
}

/** Removes a folder or a file that would be removed with us. */
export async function removeNow(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true });
  letGo(path);
}

function lookAfter(what: string, order: string): void {
  lookedAfter.add(what);
  reaper ??= startReaper();
  reaper.stdin?.write(`${order}\n`);
}

function letGo(what: string): void {
  lookedAfter.delete(what);
  if (lookedAfter.size > 0) return;
  reaper?.stdin?.end();
  reaper = undefined;
}

function startReaper(): ChildProcess {
  // A session of its own, so that a Ctrl-C meant for the whole terminal does not take it with us.
  const child = spawn("/bin/sh", [SCRIPT], { stdio: ["pipe", "ignore", "ignore"], detached: true, cwd: "/" });
  child.unref();
  // It holds our end of the pipe, not our event loop.
  if (child.stdin !== null && "unref" in child.stdin && typeof child.stdin.unref === "function") child.stdin.unref();
  child.stdin?.on("error", () => {});
  return child;
}
