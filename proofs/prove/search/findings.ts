import type { Form } from "./needles.ts";

/** Where a canary was found, for whoever has to find out why it is there. */
export interface Sample {
  readonly form: Form;
  readonly path: number | undefined;
  /** What kind of memory, or which file. */
  readonly where: string;
  /** What lies around it, unprintable bytes as dots. */
  readonly around: string;
}

/** What a search of one place found. */
export interface Findings {
  readonly searchedBytes: number;
  readonly hits: number;
  readonly hitsByPath: ReadonlyMap<number | undefined, number>;
  readonly hitsByForm: ReadonlyMap<Form, number>;
  /** The first ones. */
  readonly samples: readonly Sample[];
  /** What is there and could not be read, or was too large to be: nothing is known of it. */
  readonly skipped: readonly string[];
}

const MAX_SAMPLES = 12;
const SAMPLE_BEFORE_BYTES = 48;
const SAMPLE_AFTER_BYTES = 80;

/** Findings in the making. */
export class FindingsCount implements Findings {
  searchedBytes = 0;
  hits = 0;
  readonly hitsByPath = new Map<number | undefined, number>();
  readonly hitsByForm = new Map<Form, number>();
  readonly samples: Sample[] = [];
  readonly skipped: string[] = [];

  hit(form: Form, path: number | undefined, where: string, haystack: Buffer, at: number): void {
    this.hits += 1;
    this.hitsByPath.set(path, (this.hitsByPath.get(path) ?? 0) + 1);
    this.hitsByForm.set(form, (this.hitsByForm.get(form) ?? 0) + 1);
    if (this.samples.length >= MAX_SAMPLES) return;
    const around = haystack.toString("latin1", Math.max(0, at - SAMPLE_BEFORE_BYTES), at + SAMPLE_AFTER_BYTES);
    this.samples.push({ form, path, where, around: around.replaceAll(/[^\x20-\x7e]/g, ".") });
  }
}

/** The sum of several. */
export function sumOf(all: readonly Findings[]): Findings {
  const sum = new FindingsCount();
  for (const findings of all) {
    sum.searchedBytes += findings.searchedBytes;
    sum.hits += findings.hits;
    for (const [path, hits] of findings.hitsByPath) sum.hitsByPath.set(path, (sum.hitsByPath.get(path) ?? 0) + hits);
    for (const [form, hits] of findings.hitsByForm) sum.hitsByForm.set(form, (sum.hitsByForm.get(form) ?? 0) + hits);
    sum.skipped.push(...findings.skipped);
    sum.samples.push(...findings.samples.slice(0, MAX_SAMPLES - sum.samples.length));
  }
  return sum;
}
