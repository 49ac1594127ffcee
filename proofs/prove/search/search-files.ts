import { closeSync, openSync, readdirSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Findings, FindingsCount } from "./findings.ts";
import type { PieceSearch } from "./search-pieces.ts";

/**
 * Searches files, and folders with everything below them: contents and names. What vanishes meanwhile is left out; what is
 * there and cannot be read is named among what was skipped.
 */
export function searchFiles(paths: readonly string[], search: PieceSearch): Findings {
  const findings = new FindingsCount();
  for (const path of paths) searchPath(path, search, findings);
  return findings;
}

/** Searches texts that the proof received. */
export function searchTexts(texts: readonly string[], search: PieceSearch): Findings {
  const findings = new FindingsCount();
  for (const text of texts) searchBytes(Buffer.from(text), "what was said", search, findings);
  return findings;
}

function searchPath(path: string, search: PieceSearch, findings: FindingsCount): void {
  const kind = orSkipped(path, findings, () => kindOf(path));
  searchBytes(Buffer.from(path), "the name of a file", search, findings);
  if (kind === "folder") for (const entry of entriesOf(path, findings)) searchPath(join(path, entry), search, findings);
  else if (kind !== undefined) orSkipped(path, findings, () => searchFile(path, kind.bytes, search, findings));
}

function searchBytes(bytes: Buffer, where: string, search: PieceSearch, findings: FindingsCount): void {
  search.searchRange({ from: 0, to: bytes.length, where }, (target, at) => bytes.copy(target, 0, at), findings);
}

function searchFile(path: string, bytes: number, search: PieceSearch, findings: FindingsCount): void {
  const file = openSync(path, "r");
  try {
    const range = { from: 0, to: bytes, where: path };
    search.searchRange(range, (target, position) => readSync(file, target, 0, target.length, position), findings);
  } finally {
    closeSync(file);
  }
}

function kindOf(path: string): "folder" | { readonly bytes: number } | undefined {
  const found = statSync(path);
  if (found.isDirectory()) return "folder";
  return found.isFile() ? { bytes: found.size } : undefined;
}

function entriesOf(folder: string, findings: FindingsCount): readonly string[] {
  return orSkipped(folder, findings, () => readdirSync(folder)) ?? [];
}

const GONE: ReadonlySet<unknown> = new Set(["ENOENT", "ENOTDIR"]);

/** Undefined when it is gone, or cannot be looked at. */
function orSkipped<T>(path: string, findings: FindingsCount, look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
    if (!GONE.has(error.code)) findings.skipped.push(path);
    return undefined;
  }
}
