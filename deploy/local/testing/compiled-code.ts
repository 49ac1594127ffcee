import { inject } from "vitest";

/**
 * For the environment of a command that a suite runs again and again: half of what each costs is to compile the same modules.
 * What is compiled is kept for the run.
 */
export const COMPILED_CODE = { NODE_COMPILE_CACHE: inject("compiledCode") };
