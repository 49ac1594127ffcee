import { getHeapStatistics } from "node:v8";
import { type Module, SourceTextModule, SyntheticModule } from "node:vm";
import { parentPort, workerData } from "node:worker_threads";
import { inflateSync } from "node:zlib";
import type { ThreadProgram } from "./thread-program.ts";

/** What a thread runs first: it links the program that it was handed, reads no file, and leaves the rest to it. */
const { entry, modules, bytes }: ThreadProgram = workerData;
/** What of Node's a program may import, by name: with all of `node:worker_threads` it could start a thread that may import anything. */
const BUILTIN: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  "node:worker_threads": { parentPort },
  "node:v8": { getHeapStatistics },
  "node:zlib": { inflateSync },
};
const compiled = new Map(modules.map((module) => [module.url, module]));
const linked = new Map<string, Module>();

/** Made when somebody imports it, and once. Throws if V8 refuses the code, or the program has no such module. */
function moduleAt(url: string): Module {
  const module = linked.get(url) ?? (url.startsWith("node:") ? builtinModule(url) : programModule(url));
  linked.set(url, module);
  return module;
}

function programModule(url: string): Module {
  const module = compiled.get(url);
  if (module === undefined) throw new Error(`the program has no module ${url}`);
  return new SourceTextModule(new TextDecoder().decode(bytes.subarray(...module.source)), {
    identifier: url,
    cachedData: bytes.subarray(...module.code),
    initializeImportMeta: (meta) => {
      meta.url = url;
    },
    importModuleDynamically: (specifier) => evaluated(importedBy(url, specifier)),
  });
}

function builtinModule(url: string): Module {
  const exported = BUILTIN[url];
  if (exported === undefined) throw new Error(`a thread's program may not import ${url}`);
  return new SyntheticModule(
    Object.keys(exported),
    function setExports() {
      for (const [name, value] of Object.entries(exported)) this.setExport(name, value);
    },
    { identifier: url },
  );
}

function importedBy(url: string, specifier: string): Module {
  const imported = compiled.get(url)?.imports[specifier];
  if (imported === undefined) throw new Error(`the program has no ${specifier} for ${url}`);
  return moduleAt(imported);
}

async function evaluated(module: Module): Promise<Module> {
  if (module.status === "unlinked") await module.link((specifier, { identifier }) => importedBy(identifier, specifier));
  await module.evaluate();
  return module;
}

await evaluated(moduleAt(entry));
