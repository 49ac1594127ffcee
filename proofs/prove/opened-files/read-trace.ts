import { resolve } from "node:path";

/** What opens a file for writing, makes one, or gives it another name; a call that the machine does not have is passed over. */
export const TRACED_CALLS = [
  "open",
  "openat",
  "openat2",
  "creat",
  "memfd_create",
  "mknod",
  "mknodat",
  "truncate",
  "link",
  "linkat",
  "symlink",
  "symlinkat",
  "rename",
  "renameat",
  "renameat2",
] as const;

const LINE = /^\d+ +(\w+)\((.*)\) += (?:\d+<(.*?)>(?:\(deleted\))?|0)$/;
const OPENS: ReadonlySet<string> = new Set(["open", "openat", "openat2", "creat", "memfd_create"]);
const MAY_WRITE = /\bO_(?:WRONLY|RDWR|CREAT|TRUNC)\b|^creat|^memfd_create/;
/** A name in quotes, behind the folder that it is relative to if the call has one. */
const NAME = /(?:(?:AT_FDCWD|\d+)<([^>]*)>, )?"((?:[^"\\]|\\.)*)"/g;
const WORKING_FOLDER = /AT_FDCWD<([^>]*)>/;

/**
 * The files that a trace of one program and its children (strace `-f -y -z`, so with the paths of descriptors, and of
 * successful calls only) says were opened for writing or named. No devices, and no files of the kernel's. A name that is
 * relative to a folder which the call does not show is relative to where the program worked at its last call that did.
 */
export function filesOfTrace(trace: string): readonly string[] {
  let workingFolder = "/";
  return trace.split("\n").flatMap((line) => {
    workingFolder = WORKING_FOLDER.exec(line)?.[1] ?? workingFolder;
    return filesOfLine(line, workingFolder).filter(isFile);
  });
}

function filesOfLine(line: string, workingFolder: string): readonly string[] {
  const [, call, args = "", opened = ""] = LINE.exec(line) ?? [];
  if (call === undefined) return [];
  if (OPENS.has(call)) return MAY_WRITE.test(`${call} ${args}`) ? [opened] : [];
  return [...args.matchAll(NAME)].map(([, folder = workingFolder, name = ""]) => resolve(folder, name));
}

function isFile(path: string): boolean {
  return path.startsWith("/") && !/^\/(?:proc|sys|dev(?!\/shm\/))\//.test(path);
}
