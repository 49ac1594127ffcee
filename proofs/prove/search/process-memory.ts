import { closeSync, openSync, readdirSync, readFileSync, readSync } from "node:fs";
import { type Findings, FindingsCount } from "./findings.ts";
import type { PieceSearch } from "./search-pieces.ts";

/** A part of a process's address space. */
interface Mapping extends Range {
  /** Its file, `[heap]`, `[stack]`; empty for memory without a name. */
  readonly name: string;
  /** What is written to it is the process's own and not the file's; the file has a name. */
  readonly isPrivateFile: boolean;
}

/** Looked at again while it changes, at most so often. */
const MAX_ROUNDS = 3;
/** Memory that is there, and so often in a row could not be read, cannot be. */
const MAX_FAILURES = 3;

/**
 * Searches every mapping of a process that has a page in memory, also where the process itself may not read (a debugger may),
 * and those that appear meanwhile. What is there and cannot be read is named among what was skipped. Of files that it
 * has mapped as its own (programs, libraries), those pages that it has written to: the others are the file's, see
 * `mappedFiles`. The process runs on. Throws when its memory may not be read; a process that has ended has none.
 */
export function searchProcess(pid: number, search: PieceSearch): Findings {
  const findings = new FindingsCount();
  const searched = new Set<string>();
  const memory = openMemory(pid);
  if (memory === undefined) return findings;
  try {
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const unseen = mappingsOf(pid).filter((mapping) => !searched.has(rangeOf(mapping)));
      if (unseen.length === 0) break;
      for (const mapping of unseen) {
        const where = mapping.name === "" ? "anonymous memory" : mapping.name;
        const ends = partsOf(pid, mapping).map((part) => searchPart(pid, memory, { ...part, where }, search, findings));
        if (ends.includes("unreadable")) findings.skipped.push(`${pid}: ${rangeOf(mapping)} ${mapping.name}`);
        // What was given back is nothing any more, and in the next round something else may lie there.
        if (!ends.includes("given_back")) searched.add(rangeOf(mapping));
      }
    }
  } finally {
    closeSync(memory);
  }
  return findings;
}

/** How the search of a part ended. Memory that is given back while it is read, and is there again, is read on. */
function searchPart(
  pid: number,
  memory: number,
  { from, to, where }: Range & { readonly where: string },
  search: PieceSearch,
  findings: FindingsCount,
): "searched" | "given_back" | "unreadable" {
  let position = from;
  for (let failures = 0; failures < MAX_FAILURES; failures += 1) {
    const before = findings.searchedBytes;
    search.searchRange({ from: position, to, where }, (target, at) => readMemory(memory, target, at), findings);
    const read = findings.searchedBytes - before;
    position += read;
    if (position >= to) return "searched";
    if (!isMapped(pid, position)) return "given_back";
    if (read > 0) failures = -1;
  }
  return "unreadable";
}

function isMapped(pid: number, address: number): boolean {
  return readProc(pid, "maps")
    .split("\n")
    .some((line) => {
      const [, from = "", to = ""] = MAPPING.exec(line) ?? [];
      return Number.parseInt(from, 16) <= address && address < Number.parseInt(to, 16);
    });
}

function rangeOf({ from, to }: Range): string {
  return `${from.toString(16)}-${to.toString(16)}`;
}

/** The files whose unwritten pages are in the memory of a process: read once, they need not be read in every process. */
export function mappedFiles(pid: number): readonly string[] {
  return [...new Set(mappingsOf(pid).flatMap(({ name, isPrivateFile }) => (isPrivateFile ? [name] : [])))];
}

/** A process and every process that it started, and those started. */
export function withChildren(pid: number): readonly number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc")) {
    const child = Number(name);
    if (Number.isSafeInteger(child)) parents.set(child, parentOf(child));
  }
  const family = [pid];
  for (const member of family) {
    for (const [child, parent] of parents) if (parent === member) family.push(child);
  }
  return family;
}

/** 0 when it has ended. The name before it is in brackets and may hold anything. */
function parentOf(pid: number): number {
  const stat = readProc(pid, "stat");
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1] ?? 0);
}

const MAPPING = /^([0-9a-f]+)-([0-9a-f]+) ...(.) \S+ \S+ \S+ *(.*)$/;
/** The kernel's own pages, which no process can write. */
const KERNELS_OWN: ReadonlySet<string> = new Set(["[vvar]", "[vvar_vclock]", "[vdso]", "[vsyscall]"]);

/** Those without a page in memory hold nothing: what was never touched, and what lies in a file only. */
function mappingsOf(pid: number): readonly Mapping[] {
  const mappings: Mapping[] = [];
  let current: Mapping | undefined;
  for (const line of readProc(pid, "smaps").split("\n")) {
    const [, from, to, sharing, name] = MAPPING.exec(line) ?? [];
    if (from !== undefined && to !== undefined && name !== undefined) {
      current = KERNELS_OWN.has(name)
        ? undefined
        : {
            from: Number.parseInt(from, 16),
            to: Number.parseInt(to, 16),
            name,
            isPrivateFile: sharing === "p" && /^\/.*(?<! \(deleted\))$/.test(name),
          };
    } else if (/^[0-9a-f]+-/.test(line)) {
      current = undefined;
    } else if (current !== undefined && /^(?:Rss|Swap): +[1-9]/.test(line)) {
      mappings.push(current);
      current = undefined;
    }
  }
  return mappings;
}

const PAGE_BYTES = 4096;
const ENTRY_BYTES = 8;
/** Bits 62 and 63 of an entry: in swap, in memory (kernel.org, "Examining Process Page Tables"). */
const SWAPPED_OR_PRESENT = 0b1100_0000;
/** Bit 61: the file's page, or shared; a page that was written to in a private mapping is neither. */
const OF_THE_FILE = 0b0010_0000;

/** Most of what a runtime reserves it has never touched. All of the mapping where the kernel does not tell. */
function partsOf(pid: number, { from, to, isPrivateFile }: Mapping): readonly Range[] {
  const entries = Buffer.alloc(((to - from) / PAGE_BYTES) * ENTRY_BYTES);
  try {
    const pagemap = openSync(`/proc/${pid}/pagemap`, "r");
    try {
      const read = readSync(pagemap, entries, 0, entries.length, (from / PAGE_BYTES) * ENTRY_BYTES);
      if (read < entries.length) return [{ from, to }];
    } finally {
      closeSync(pagemap);
    }
  } catch {
    return [{ from, to }];
  }
  const parts: Range[] = [];
  let begin: number | undefined;
  for (let at = from; at < to; at += PAGE_BYTES) {
    const flags = entries[((at - from) / PAGE_BYTES) * ENTRY_BYTES + ENTRY_BYTES - 1] ?? 0;
    const isPresent = (flags & SWAPPED_OR_PRESENT) !== 0;
    if (isPresent && !(isPrivateFile && (flags & OF_THE_FILE) !== 0)) begin ??= at;
    else if (begin !== undefined) {
      parts.push({ from: begin, to: at });
      begin = undefined;
    }
  }
  if (begin !== undefined) parts.push({ from: begin, to });
  return parts;
}

interface Range {
  readonly from: number;
  readonly to: number;
}

function readMemory(memory: number, target: Buffer, position: number): number {
  try {
    return readSync(memory, target, 0, target.length, position);
  } catch {
    // Given back to the system since it was listed.
    return 0;
  }
}

function openMemory(pid: number): number | undefined {
  try {
    return openSync(`/proc/${pid}/mem`, "r");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw new Error(`the memory of process ${pid} cannot be read: run as its user or as root, with ptrace permitted`, {
      cause: error,
    });
  }
}

function readProc(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, "utf8");
  } catch {
    return "";
  }
}
