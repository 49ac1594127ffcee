/** What makes a process fit to handle content, by the names that logs and `/readyz` call it by. */
export const HARDENING_MEASURES = [
  "node_flags",
  "no_memory_dumps",
  "no_inspector",
  "no_debug_output",
  "glibc_scrubbing",
  "no_core_dump",
  "no_swap",
] as const;
export type HardeningMeasure = (typeof HARDENING_MEASURES)[number];

/** Why memory was not cleared that zeroing cannot reach. */
export const SCRUB_FAULTS = ["scrub_failed", "scrub_overdue"] as const;
export type ScrubFault = (typeof SCRUB_FAULTS)[number];
