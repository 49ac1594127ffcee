import type { RunUnder } from "../../../deploy/local/servers/server-process.ts";
import type { Bench } from "../bench/bench.ts";
import { SampledFiles } from "./sampled-files.ts";
import { SyscallTrace } from "./syscall-trace.ts";

/** What is written down of the files that the processes of a bench open for writing. */
export interface OpenedFiles extends AsyncDisposable {
  /** How: by every system call, or by a look at descriptors now and then. For the report. */
  readonly how: "traced" | "sampled";
  /** The processes of the bench are started under it, if under anything. */
  readonly runUnder: RunUnder | undefined;
  /** The bench runs: called once. */
  watch(bench: Bench): void;
  /** All files so far. */
  paths(): readonly string[];
}

/** Traces where strace is there and may trace, and samples where not. */
export async function openedFiles(): Promise<OpenedFiles> {
  return (await SyscallTrace.begin(process.env["FLOWSTATE_STRACE"] ?? "strace")) ?? new SampledFiles();
}
