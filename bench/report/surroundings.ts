import { execFile } from "node:child_process";
import { cpus, loadavg, totalmem } from "node:os";
import { promisify } from "node:util";
import { knowsSyncInterval } from "@flowstate/local/servers/nats-server.ts";
import type { Database } from "../sides/database.ts";

/** What a figure was measured on: without it, it cannot be compared with one of another machine. */
export interface Surroundings {
  readonly node: string;
  readonly processors: number;
  readonly processorModel: string;
  readonly memoryBytes: number;
  /** Of the last minute, before anything was started: of a quiet machine near nothing. */
  readonly loadBefore: number;
  readonly broker: {
    readonly version: string;
    /** Whether it is told to wait for the disk with each write, as in production. Servers before 2.10 cannot be told. */
    readonly syncs: boolean;
  };
}

export async function surroundings(): Promise<Surroundings> {
  const binary = process.env["FLOWSTATE_NATS_SERVER"] ?? "nats-server";
  const { stdout } = await promisify(execFile)(binary, ["--version"]);
  const [first] = cpus();
  return {
    node: process.version,
    processors: cpus().length,
    processorModel: first?.model ?? "unknown",
    memoryBytes: totalmem(),
    loadBefore: loadavg()[0] ?? Number.NaN,
    broker: { version: /v(\d[\w.-]*)/.exec(stdout)?.[1] ?? "unknown", syncs: await knowsSyncInterval(binary) },
  };
}

/** The same in sentences. `databases` by the side that has them; empty when no side was started. */
export function inSentences(
  { node, processors, processorModel, memoryBytes, loadBefore, broker }: Surroundings,
  databases: Readonly<Record<string, Database>>,
): readonly string[] {
  return [
    `Node ${node}, ${processors} processors (${processorModel}), ${(memoryBytes / GB).toFixed(0)} GB, load before the run ${loadBefore.toFixed(2)}`,
    broker.syncs
      ? `nats-server ${broker.version} syncs each write: Flowstate waits for a disk, plain for none`
      : `nats-server ${broker.version} cannot be told to sync each write, as production does: neither side waits for its disk`,
    ...Object.entries(databases).map(
      ([side, { version, syncs }]) =>
        `PostgreSQL ${version} of ${side} ${syncs ? "waits for the disk with each commit" : "has fsync off: its commits wait for no disk"}`,
    ),
    "No TLS, on neither side; Flowstate seals its transfers in any case",
  ];
}

const GB = 1_000_000_000;
