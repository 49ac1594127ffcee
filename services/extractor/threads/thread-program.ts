import { once } from "node:events";
import { setFlagsFromString } from "node:v8";
import { Worker } from "node:worker_threads";
import { z } from "zod";

/**
 * Where V8 first collects the old generation of an isolate that begins from here on: above what a program fills, 10 MB. By
 * itself V8 takes modules that load for garbage to come, and collects every thread once before its document is there. A flag
 * and not a limit of the thread, and set before any program is compiled: V8 takes code only under the flags it was made under.
 */
const FIRST_COLLECTION_MB = 32;
setFlagsFromString(`--initial-old-space-size=${FIRST_COLLECTION_MB}`);

/** Where a piece begins in the bytes of a program, and where it ends. */
const pieceSchema = z.tuple([z.int().nonnegative(), z.int().nonnegative()]);

/** A module of a thread's program. */
const programModuleSchema = z.strictObject({
  url: z.string(),
  /** JavaScript, UTF-8: types are gone. */
  source: pieceSchema,
  /** V8's code for `source`. Of use to the process that made it only: another version or other flags refuse it. */
  code: pieceSchema,
  /** What it imports: the URL of a module of the program, or a `node:` module, by what it is called there. */
  imports: z.record(z.string(), z.string()),
});

const threadProgramSchema = z.strictObject({
  /** The module that begins. */
  entry: z.string(),
  modules: z.array(programModuleSchema),
  /** Sources and code of all modules. They lie outside of the heap until somebody imports one, and are copied in one piece. */
  bytes: z.instanceof(Uint8Array<ArrayBuffer>),
  /** What a thread runs first: `run-program.ts` as a `data:` URL, because to read TypeScript a thread loads a compiler. */
  runner: z.string(),
});
export type ThreadProgram = z.infer<typeof threadProgramSchema>;

const programs = new Map<string, Promise<ThreadProgram>>();

/**
 * The program that begins with `entry`: read, stripped of types and compiled once for this process, so that a thread that
 * works on one document loads it in a tenth of the time. Each thread is handed a copy: what a document does to one reaches no
 * other. Nothing of it is written to a disk. Rejects if the program cannot be read.
 */
export function threadProgram(entry: URL): Promise<ThreadProgram> {
  const program = programs.get(entry.href) ?? compileProgram(entry);
  programs.set(entry.href, program);
  return program;
}

async function compileProgram(entry: URL): Promise<ThreadProgram> {
  const compiler = new Worker(new URL("./compile-worker.ts", import.meta.url), {
    env: {},
    argv: [],
    execArgv: [...PROGRAM_FLAGS, "--experimental-import-meta-resolve"],
    workerData: entry.href,
  });
  // Rejects with the error in the thread, if there is one.
  const [program]: unknown[] = await once(compiler, "message");
  return threadProgramSchema.parse(program);
}

/** Node's, for a thread that compiles modules by itself. */
export const PROGRAM_FLAGS = ["--experimental-vm-modules", "--disable-warning=ExperimentalWarning"] as const;
