const MIB = 1024 * 1024;

/** Node itself, its heap, and what the parser's worker needs besides documents. */
const PROCESS_BYTES = 256 * MIB;

/** Of the bytes that a service's variable lets it hold, how many it needs at once: see the variables' descriptions. */
const FACTORS = { INGEST_MEMORY_BYTES: 1, EXTRACTOR_MEMORY_BYTES: 2.5, PUSHER_MEMORY_BYTES: 1 } as const;
export type MemoryVariable = keyof typeof FACTORS;

/** How much memory a container needs whose service may hold `budgetBytes`, as this variable of it says. */
export function neededBytes(variable: MemoryVariable, budgetBytes: number): number {
  return budgetBytes * FACTORS[variable] + PROCESS_BYTES;
}

export function isMemoryVariable(name: string): name is MemoryVariable {
  return Object.hasOwn(FACTORS, name);
}
