import { JETSTREAM, NATS, NATS_DISK } from "./broker.ts";
import { type Carried, DEPENDENCIES, type Dependency, FAULTS, type Fault, type Row } from "./cell.ts";
import { POSTGRES, POSTGRES_DISK } from "./database.ts";
import { CLOCK_AHEAD, CLOCK_BEHIND, DNS } from "./machine.ts";
import { ERP, GEMINI, OTLP, SLACK } from "./third-parties.ts";

/** What is stated of each dependency and each way in which it fails. docs/operations/faults.md is made of it. */
export const TABLE: Readonly<Record<Dependency, Row>> = {
  nats: NATS,
  jetstream: JETSTREAM,
  postgres: POSTGRES,
  gemini: GEMINI,
  erp: ERP,
  slack: SLACK,
  otlp: OTLP,
  nats_disk: NATS_DISK,
  postgres_disk: POSTGRES_DISK,
  clock_ahead: CLOCK_AHEAD,
  clock_behind: CLOCK_BEHIND,
  dns: DNS,
};

/** What the mail of a cell carries: a document that takes a model where it is the model that fails. */
export function carriedTo(dependency: Dependency): Carried {
  return dependency === "gemini" ? "scan" : "e-invoice";
}

export interface NamedCell {
  readonly dependency: Dependency;
  readonly fault: Fault;
}

/** The cells of names such as `nats` or `nats:hang`; undefined when one of them is no name. */
export function cellsNamed(names: readonly string[]): readonly NamedCell[] | undefined {
  const cells: NamedCell[] = [];
  for (const name of names) {
    const [wanted, only] = name.split(":");
    const dependency = (Object.keys(DEPENDENCIES) as Dependency[]).find((known) => known === wanted);
    const faults = FAULTS.filter((fault) => only === undefined || fault === only);
    if (dependency === undefined || faults.length === 0) return undefined;
    cells.push(...faults.map((fault) => ({ dependency, fault })));
  }
  return cells;
}
