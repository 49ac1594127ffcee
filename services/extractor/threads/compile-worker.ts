import { readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { SourceTextModule } from "node:vm";
import { parentPort, workerData } from "node:worker_threads";
import type { ThreadProgram } from "./thread-program.ts";

declare module "node:vm" {
  interface SourceTextModule {
    /** Node's, and missing in its types. Before the module is evaluated only. */
    createCachedData(): Uint8Array<ArrayBuffer>;
  }
}

/** The thread that compiles a program for other threads, and ends. It never sees a document. */
const entry: unknown = workerData;
if (typeof entry !== "string") throw new Error("compile-worker expects the URL of a module");

/** What is imported when it is needed, in sources of ours: packages that do the like are entered past it. */
const IMPORTED_LATER = /\bimport\("([^"]+)"\)/g;

type ProgramModule = ThreadProgram["modules"][number];
const modules = new Map<string, ProgramModule>();
const pieces: Uint8Array[] = [];
let bytes = 0;

function compile(url: string): void {
  if (url.startsWith("node:") || modules.has(url)) return;
  const source = sourceOf(url);
  const module = new SourceTextModule(source, { identifier: url });
  const later = url.endsWith(".ts")
    ? [...source.matchAll(IMPORTED_LATER)].flatMap(([, specifier]) => specifier ?? [])
    : [];
  const imports = Object.fromEntries(
    [...module.moduleRequests.map(({ specifier }) => specifier), ...later].map((specifier) => [
      specifier,
      import.meta.resolve(specifier, url),
    ]),
  );
  const code = module.createCachedData();
  modules.set(url, { url, source: added(new TextEncoder().encode(source)), code: added(code), imports });
  for (const imported of Object.values(imports)) compile(imported);
}

function added(piece: Uint8Array): [from: number, to: number] {
  pieces.push(piece);
  bytes += piece.length;
  return [bytes - piece.length, bytes];
}

function sourceOf(url: string): string {
  const source = readFileSync(new URL(url), "utf8");
  return url.endsWith(".ts") ? stripTypeScriptTypes(source) : source;
}

compile(entry);
const runner = sourceOf(import.meta.resolve("./run-program.ts"));
const program: ThreadProgram = {
  entry,
  modules: [...modules.values()],
  bytes: Uint8Array.from(Buffer.concat(pieces)),
  runner: `data:text/javascript,${encodeURIComponent(runner)}`,
};
parentPort?.postMessage(program);
