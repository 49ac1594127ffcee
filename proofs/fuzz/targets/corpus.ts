import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";

/** What a file is, by its bytes: names are its owner's. */
export type CorpusKind = "pdf" | "xml" | "multipart" | "message";

const MAX_FILE_BYTES = 1024 * 1024;

/** The files of these folders that are of a kind, by path. Folders that are not there have none. */
export async function readCorpus(folders: readonly string[], kind: CorpusKind): Promise<readonly Buffer[]> {
  const found: Buffer[] = [];
  for (const path of (await Promise.all(folders.map(filesBelow))).flat()) {
    if ((await stat(path)).size > MAX_FILE_BYTES) continue;
    const bytes = await readFile(path);
    if (kindOf(bytes) === kind) found.push(kind === "multipart" ? withCrlf(bytes) : bytes);
  }
  return found;
}

async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .toSorted();
}

function kindOf(bytes: Buffer): CorpusKind | undefined {
  const head = bytes.subarray(0, 1_024).toString("latin1");
  if (head.startsWith("%PDF-")) return "pdf";
  if (/^\s*(?:\xef\xbb\xbf)?<(?:\?xml|[A-Za-z])/.test(head)) return "xml";
  if (/^\r?\n?--[^\s{]/.test(head)) return "multipart";
  return /^[A-Za-z][\w-]*:[ \t]/m.test(head) ? "message" : undefined;
}

/** Sample bodies are kept with the line ends of text files; on the wire they have others. */
function withCrlf(bytes: Buffer): Buffer {
  return bytes.includes("\r\n") ? bytes : Buffer.from(bytes.toString("latin1").replaceAll("\n", "\r\n"), "latin1");
}
