import { fileURLToPath } from "node:url";
import { HARDENED_ENVIRONMENT, HARDENED_NODE_FLAGS } from "../../../../libs/ghost/index.ts";
import type { Launch } from "../../bench/bench.ts";

/**
 * What keeps memory clean: without any one of them something is found, each with the way to start services without it. A
 * measure of the code is taken away by a module that is loaded before the service and replaces it: the services themselves
 * have no switch.
 */
export interface Measure {
  readonly name: string;
  readonly without: Launch;
  /**
   * The exit paths, by name, that show that something is left without it: they are gone in turn until they do. Where there are
   * none, the services say at their start that they are not hardened, and that fails the proof.
   */
  readonly shownBy: readonly string[];
}

const BY_MODEL = "delivered, read by the model";
const FROM_ITS_OWN_DATA = "delivered, read from its own data";
const MADE_UP_TYPE = "delivered, read although its type is made up";
const STILL_ARRIVING = "delivered, read while others are still arriving";
const UNDER_LOAD = "delivered, while other mails keep coming";
const SLOW_TO_ARRIVE = "delivered, slow to arrive while other mails keep coming";
const PAGES_ARE_READ = "the deadline passes while the pages are read";
const FINISHED_APART = "delivered, finished in a thread of its own";
const IN_FLIGHT = "the document, while the ERP thinks";

export const HARDENED: Launch = { nodeFlags: HARDENED_NODE_FLAGS, environment: HARDENED_ENVIRONMENT };

export const MEASURES: readonly Measure[] = [
  { name: "wiping", without: loading("without-wiping.ts"), shownBy: [IN_FLIGHT] },
  { name: "rinse of the parsers", without: loading("without-rinse.ts"), shownBy: [BY_MODEL] },
  { name: "collection when content has left", without: loading("without-collection.ts"), shownBy: [BY_MODEL] },
  { name: "telling of strings", without: loading("without-telling.ts"), shownBy: [SLOW_TO_ARRIVE, UNDER_LOAD] },
  {
    name: "clearing of threads that end by themselves",
    without: loading("without-thread-clearing.ts"),
    shownBy: [FINISHED_APART],
  },
  { name: "draining behind threads", without: loading("without-draining.ts"), shownBy: [PAGES_ARE_READ] },
  { name: "sealed transfers", without: loading("without-sealing.ts"), shownBy: [BY_MODEL] },
  { name: "--expose-gc", without: lacking("--expose-gc"), shownBy: [BY_MODEL] },
  // The whole heap is collected before anything's time is over, so nothing is found that it would have cleared before (ADR 0047).
  { name: "--clear-free-memory", without: lacking("--clear-free-memory"), shownBy: [] },
  // V8 begins to mark at 30 MB, which few documents come to: what is left then is shown by `collect.test.ts` (ADR 0048).
  { name: "--no-incremental-marking", without: lacking("--no-incremental-marking"), shownBy: [] },
  { name: "--zero-unused-memory", without: loading("without-zeroing-unused.ts"), shownBy: [STILL_ARRIVING] },
  { name: "Buffer.poolSize = 0", without: loading("without-pool-size.ts"), shownBy: [MADE_UP_TYPE] },
  {
    name: "glibc.malloc.perturb",
    without: tunables("glibc.malloc.tcache_count=0:glibc.malloc.mmap_threshold=1048576"),
    shownBy: [BY_MODEL, FROM_ITS_OWN_DATA],
  },
  {
    name: "glibc.malloc.tcache_count=0",
    without: tunables("glibc.malloc.perturb=165:glibc.malloc.mmap_threshold=1048576"),
    shownBy: [BY_MODEL, FROM_ITS_OWN_DATA],
  },
];

/** An ordinary Node service: what clears, collects and drains needs `--expose-gc`, and does nothing. */
export const WITHOUT_ANY: Launch = {
  nodeFlags: ["without-wiping.ts", "without-pool-size.ts", "without-sealing.ts"].map(preload),
  environment: { GLIBC_TUNABLES: undefined },
};

function loading(module: string): Launch {
  return { nodeFlags: [...HARDENED_NODE_FLAGS, preload(module)], environment: HARDENED_ENVIRONMENT };
}

function lacking(flag: (typeof HARDENED_NODE_FLAGS)[number]): Launch {
  return { nodeFlags: HARDENED_NODE_FLAGS.filter((it) => it !== flag), environment: HARDENED_ENVIRONMENT };
}

function tunables(value: string): Launch {
  return { nodeFlags: HARDENED_NODE_FLAGS, environment: { GLIBC_TUNABLES: value } };
}

function preload(module: string): string {
  return `--import=${fileURLToPath(new URL(module, import.meta.url))}`;
}
