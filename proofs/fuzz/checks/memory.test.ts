import { expect, it } from "vitest";
import { checkGrowth, type MemoryLook } from "./memory.ts";

const MIB = 1024 * 1024;
/** Looks at a process that has been given a thousand inputs between any two. */
const looks = (usedMib: readonly number[], residentMib: readonly number[] = usedMib.map(() => 150)): MemoryLook[] =>
  usedMib.map((used, index) => ({
    inputs: index * 1_000,
    usedBytes: used * MIB,
    residentBytes: (residentMib[index] ?? 0) * MIB,
  }));

it.each([
  ["stays as it is", looks([40, 40, 40, 40, 40])],
  ["grows ever more slowly", looks([40, 41, 41.5, 41.7, 41.8])],
  ["falls, when code is thrown away", looks([50, 51, 46, 46.5, 46.6])],
  ["comes and goes as the allocator likes", looks([40, 40, 40, 40], [150, 190, 160, 200])],
  ["was looked at once", looks([40])],
])("memory that %s is no leak", (_name, seen) => {
  expect(checkGrowth(seen)).toBeUndefined();
});

it.each([
  ["of 2 KiB an input", looks([40, 42, 44, 46, 48])],
  ["that falls once, when code is thrown away", looks([50, 52.5, 49, 51.5, 54, 56.5])],
  ["outside of this thread", looks([40, 40, 40, 40], [150, 190, 230, 270])],
])("a growth %s is one", (_name, seen) => {
  expect(checkGrowth(seen)?.kind).toBe("leak");
});
