import { readdirSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Where programs put what is not meant to stay. */
const TEMPORARY_FOLDERS: readonly string[] = [...new Set([tmpdir(), "/tmp", "/var/tmp", "/dev/shm"])];
const MAX_DEPTH = 4;
const MAX_FILE_BYTES = 256 * 1024 * 1024;

/** Files in temporary folders that were written since `since` (milliseconds since 1970), whoever wrote them. */
export function recentTemporaryFiles(since: number): readonly string[] {
  return TEMPORARY_FOLDERS.flatMap((folder) => recentFiles(folder, since, MAX_DEPTH));
}

function recentFiles(folder: string, since: number, depth: number): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return depth > 0 ? recentFiles(path, since, depth - 1) : [];
      if (!entry.isFile()) return [];
      const { mtimeMs, size } = statSync(path);
      return mtimeMs >= since && size <= MAX_FILE_BYTES ? [path] : [];
    });
  } catch {
    // Not ours to look into, or gone meanwhile.
    return [];
  }
}
