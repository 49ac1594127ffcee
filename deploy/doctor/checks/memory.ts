import type { Check } from "../check.ts";
import type { Settings } from "../deployment.ts";
import { found, foundOrGood, unchecked } from "../result.ts";

const MIB = 1024 * 1024;
/** Node itself, and the packages. */
const BASE_BYTES = 128 * MIB;

/** Whether what a service may hold at once fits into its container. */
export const memoryCheck: Check = {
  name: "memory",
  run({ deployment: { settings }, surroundings }) {
    const limit = surroundings.memoryLimit();
    if (limit === undefined) return [unchecked("memory: there is no container here whose limit would be a service's")];
    const over = budgetsOf(settings).filter(({ bytes }) => bytes + BASE_BYTES > limit);
    return foundOrGood(
      over.map(({ name }) =>
        found(
          "memory.over_limit",
          `${name} and Node itself need more than the container's ${Math.floor(limit / MIB)} MiB`,
        ),
      ),
      `what a service may hold fits into ${Math.floor(limit / MIB)} MiB`,
    );
  },
};

function budgetsOf({
  ingest,
  extractor,
  "erp-pusher": erpPusher,
}: Settings): readonly { name: string; bytes: number }[] {
  return [
    ...(ingest === undefined ? [] : [{ name: "INGEST_MEMORY_BYTES", bytes: ingest.INGEST_MEMORY_BYTES }]),
    ...(extractor === undefined ? [] : [{ name: "EXTRACTOR_MEMORY_BYTES", bytes: extractor.EXTRACTOR_MEMORY_BYTES }]),
    ...(erpPusher === undefined ? [] : [{ name: "PUSHER_MEMORY_BYTES", bytes: erpPusher.PUSHER_MEMORY_BYTES }]),
  ];
}
