import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { fileURLToPath } from "node:url";

/** What opens a file by its path, of everything that Node's own code and JavaScript opens files with. */
const CALLBACKS = ["open", "readFile", "createReadStream"] as const;
const SYNCHRONOUS = ["openSync", "readFileSync"] as const;
const PROMISES = ["open", "readFile"] as const;

export interface WatchedFiles extends Disposable {
  /** How often something in the folder was opened since this was asked last. */
  opened(): number;
}

/**
 * Watches what this process opens in a folder, whether or not what is read there ever shows. Native code that opens files
 * past Node is not seen: of that, only what it reads is.
 */
export function watchFiles(folder: string): WatchedFiles {
  let opened = 0;
  const restore = [...replace(fs, [...CALLBACKS, ...SYNCHRONOUS]), ...replace(fs.promises, PROMISES)];
  syncBuiltinESMExports();
  return {
    opened() {
      const since = opened;
      opened = 0;
      return since;
    },
    [Symbol.dispose]() {
      for (const undo of restore) undo();
      syncBuiltinESMExports();
    },
  };

  function replace<Module extends object>(module: Module, names: readonly (keyof Module)[]): (() => void)[] {
    return names.map((name) => {
      const original = module[name];
      const watched = (...given: readonly unknown[]) => {
        if (pathOf(given[0])?.startsWith(folder)) opened += 1;
        return Reflect.apply(original as () => unknown, module, given);
      };
      Object.assign(module, { [name]: watched });
      return () => void Object.assign(module, { [name]: original });
    });
  }
}

function pathOf(given: unknown): string | undefined {
  if (given instanceof URL) return given.protocol === "file:" ? fileURLToPath(given) : undefined;
  return typeof given === "string" || given instanceof Uint8Array ? given.toString() : undefined;
}
