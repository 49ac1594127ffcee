import type { Findings } from "./findings.ts";

/** What the searching thread is started with. */
export interface SearchSetup {
  readonly mark: string;
}

/** A process's memory, or files and folders, or what was said. */
export type Place =
  | { readonly pid: number }
  | { readonly files: readonly string[] }
  | { readonly texts: readonly string[] };

/** What it is asked. */
export interface SearchOrder {
  readonly id: number;
  readonly place: Place;
}

/** What it answers. */
export type SearchAnswer = { readonly id: number } & ({ readonly findings: Findings } | { readonly problem: string });
