import type { Check } from "../check.ts";
import type { Settings } from "../deployment.ts";
import { type MemoryVariable, neededBytes } from "../needed-memory.ts";
import { found, foundOrGood, unchecked } from "../result.ts";

const MIB = 1024 * 1024;

/** Whether what a service may hold at once, and what it needs to work on that, fits into its container. */
export const memoryCheck: Check = {
  name: "memory",
  run({ deployment: { settings }, surroundings }) {
    const limit = surroundings.memoryLimit();
    if (limit === undefined) return [unchecked("memory: there is no container here whose limit would be a service's")];
    const needs = budgetsOf(settings).map(([name, budget]) => ({ name, needed: neededBytes(name, budget) }));
    return foundOrGood(
      needs
        .filter(({ needed }) => needed > limit)
        .map(({ name, needed }) =>
          found(
            "memory.over_limit",
            `with this ${name} a process needs ${Math.ceil(needed / MIB)} MiB, and the container has ${Math.floor(limit / MIB)}`,
          ),
        ),
      `what a service needs for what it may hold fits into ${Math.floor(limit / MIB)} MiB`,
    );
  },
};

function budgetsOf({
  ingest,
  extractor,
  "erp-pusher": erpPusher,
}: Settings): readonly (readonly [MemoryVariable, number])[] {
  return [
    ...(ingest === undefined ? [] : [["INGEST_MEMORY_BYTES", ingest.INGEST_MEMORY_BYTES] as const]),
    ...(extractor === undefined ? [] : [["EXTRACTOR_MEMORY_BYTES", extractor.EXTRACTOR_MEMORY_BYTES] as const]),
    ...(erpPusher === undefined ? [] : [["PUSHER_MEMORY_BYTES", erpPusher.PUSHER_MEMORY_BYTES] as const]),
  ];
}
