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

/**
 * What a package does when it is loaded, and is put off until somebody needs it: every thread loads for one document. pdf.js
 * unpacks Brotli's dictionary of 120 KB, letter by letter, a tenth of all that a thread takes; documents that are compressed so
 * are rare. Where a package no longer says what is replaced, it is compiled as it is (`thread-program.test.ts` says so).
 */
const PUT_OFF: readonly (readonly [says: RegExp, becomes: string])[] = [
  [/([\w$]+)=makeBrotliDecode\(\);/, "$1=(...given)=>($1=makeBrotliDecode())(...given);"],
];

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
  if (url.endsWith(".ts")) return stripTypeScriptTypes(source);
  return PUT_OFF.reduce((text, [says, becomes]) => text.replace(says, becomes), source);
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
