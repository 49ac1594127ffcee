import { readdirSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Where programs put what is not meant to stay. */
const TEMPORARY_FOLDERS: readonly string[] = [...new Set([tmpdir(), "/tmp", "/var/tmp", "/dev/shm"])];
const MAX_DEPTH = 4;
const MAX_FILE_BYTES = 256 * 1024 * 1024;

/** What lies in temporary folders and was written since a moment, whoever wrote it. */
export interface RecentFiles {
  readonly files: string[];
  /** Larger than is searched without knowing whose it is, deeper than is looked, or not to be looked into. */
  readonly skipped: string[];
}

/** `since` in milliseconds since 1970. */
export function recentTemporaryFiles(since: number): RecentFiles {
  const recent: RecentFiles = { files: [], skipped: [] };
  for (const folder of TEMPORARY_FOLDERS) lookInto(folder, since, MAX_DEPTH, recent);
  return recent;
}

function lookInto(folder: string, since: number, depth: number, recent: RecentFiles): void {
  try {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory() && depth > 0) lookInto(path, since, depth - 1, recent);
      if (!entry.isFile() && !(entry.isDirectory() && depth === 0)) continue;
      const { mtimeMs, size } = statSync(path);
      if (mtimeMs < since) continue;
      if (entry.isFile() && size <= MAX_FILE_BYTES) recent.files.push(path);
      else recent.skipped.push(path);
    }
  } catch (error) {
    const isGone = error instanceof Error && "code" in error && error.code === "ENOENT";
    if (!isGone) recent.skipped.push(folder);
  }
}
