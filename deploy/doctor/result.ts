import type { FindingId } from "./findings.ts";

/** One line of the report. `text` names variables, hosts, identities and numbers, and never a value that is secret. */
export type Result =
  | { readonly kind: "good"; readonly text: string }
  | { readonly kind: "found"; readonly id: FindingId; readonly text: string }
  /** It was not looked at, and why. */
  | { readonly kind: "unchecked"; readonly text: string };

export function good(text: string): Result {
  return { kind: "good", text };
}

export function found(id: FindingId, text: string): Result {
  return { kind: "found", id, text };
}

export function unchecked(text: string): Result {
  return { kind: "unchecked", text };
}

/** What was found; that all is good when nothing was. */
export function foundOrGood(results: readonly Result[], text: string): readonly Result[] {
  return results.length === 0 ? [good(text)] : results;
}
