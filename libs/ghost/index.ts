export * from "./collect-wiped.ts";
export * from "./ghost-bytes.ts";
export * from "./hardening.ts";
export * from "./memory-budget.ts";
export * from "./sealing.ts";
