import { fileURLToPath } from "node:url";
import { HARDENED_ENVIRONMENT, HARDENED_NODE_FLAGS } from "../../../libs/ghost/index.ts";
import type { Launch } from "../bench/bench.ts";

/**
 * What keeps memory clean: without any one of them something is found, each with the way to start services without it. A
 * measure of the code is taken away by a module that is loaded before the service and replaces it: the services themselves
 * have no switch.
 */
export interface Measure {
  readonly name: string;
  readonly without: Launch;
}

export const HARDENED: Launch = { nodeFlags: HARDENED_NODE_FLAGS, environment: HARDENED_ENVIRONMENT };

/**
 * Not listed, because no path has shown that something is found without it alone: the clearing of the PDF parser's thread.
 * A collection of the main thread gives back what a finished thread leaves.
 */
export const MEASURES: readonly Measure[] = [
  { name: "wiping", without: loading("without-wiping.ts") },
  { name: "rinse of the parsers", without: loading("without-rinse.ts") },
  { name: "collection when content has left", without: loading("without-collection.ts") },
  { name: "sealed transfers", without: loading("without-sealing.ts") },
  { name: "--expose-gc", without: flags("--clear-free-memory") },
  { name: "--clear-free-memory", without: flags("--expose-gc") },
  { name: "--zero-unused-memory", without: loading("without-zeroing-unused.ts") },
  { name: "Buffer.poolSize = 0", without: loading("without-pool-size.ts") },
  { name: "glibc.malloc.perturb", without: tunables("glibc.malloc.tcache_count=0") },
  { name: "glibc.malloc.tcache_count=0", without: tunables("glibc.malloc.perturb=165") },
];

/** An ordinary Node service. */
export const WITHOUT_ANY: Launch = {
  nodeFlags: ["without-wiping.ts", "without-parser-clearing.ts", "without-pool-size.ts", "without-sealing.ts"].map(
    preload,
  ),
  environment: { GLIBC_TUNABLES: undefined },
};

function loading(module: string): Launch {
  return { nodeFlags: [...HARDENED_NODE_FLAGS, preload(module)], environment: HARDENED_ENVIRONMENT };
}

function flags(...nodeFlags: readonly string[]): Launch {
  return { nodeFlags, environment: HARDENED_ENVIRONMENT };
}

function tunables(value: string): Launch {
  return { nodeFlags: HARDENED_NODE_FLAGS, environment: { GLIBC_TUNABLES: value } };
}

function preload(module: string): string {
  return `--import=${fileURLToPath(new URL(module, import.meta.url))}`;
}
