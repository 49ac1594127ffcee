export * from "./ghost-bytes.ts";
export { giveBack } from "./give-back.ts";
export * from "./hardening.ts";
export * from "./memory-budget.ts";
export * from "./process-scrub.ts";
export * from "./rinse.ts";
export { scrubHealth } from "./scrub-health.ts";
export * from "./scrubber.ts";
export * from "./sealing.ts";
