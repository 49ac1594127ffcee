import { HARDENED_NODE_FLAGS, type HardeningFinding } from "@flowstate/ghost";
import type { Check } from "../check.ts";
import { found, foundOrGood, unchecked } from "../result.ts";

/** Whether a process that is started as this one keeps what it holds from every disk, and clears what it frees. */
export const hardeningCheck: Check = {
  name: "hardening",
  run({ deployment: { settings }, surroundings }) {
    if (surroundings.hardening === undefined) {
      return [unchecked("hardening: run the doctor in a service's container, started as the service is")];
    }
    const { ingest, extractor, "erp-pusher": erpPusher, audit } = settings;
    const isRequired = [ingest, extractor, erpPusher, audit].some((config) => config?.GHOST_STRICT === true);
    const id = isRequired ? "hardening.required" : "hardening.missing";
    const missing = surroundings.hardening().filter(({ holds }) => !holds);
    return foundOrGood(
      missing.map(({ measure }) => found(id, `${measure}: ${MEANING[measure]}`)),
      "a process started like this one is hardened",
    );
  },
};

const MEANING: Readonly<Record<HardeningFinding["measure"], string>> = {
  node_flags: `Node runs without one of ${HARDENED_NODE_FLAGS.join(" ")}`,
  no_memory_dumps: "a flag of Node's, or NODE_OPTIONS, writes memory to a file",
  no_inspector: "Node starts an inspector, or a signal may start one (--disable-sigusr1)",
  no_debug_output: "a flag or NODE_DEBUG has Node write what it is doing to its output",
  glibc_scrubbing: "GLIBC_TUNABLES is not as the image sets it, or the C library is not glibc",
  no_core_dump: "a crash would leave a core, or the kernel pipes it to a program (kernel.core_pattern)",
  no_swap: "the machine swaps",
};
