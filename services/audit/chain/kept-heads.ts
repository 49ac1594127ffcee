import { z } from "zod";
import type { ChainedEvent } from "./chained-event.ts";
import type { Finding } from "./finding.ts";
import type { SegmentHead } from "./segment.ts";

/**
 * Heads that are kept outside the database. Whoever can write to the database, its backups included, can put all of it back
 * to an earlier state that was true then; only what he cannot write to tells that there was more.
 */
export interface KeptHead {
  readonly tenant_id: string;
  readonly day: string;
  readonly event_count: number;
  /** 64 hexadecimal digits. */
  readonly digest: string;
}

const LINE = /^(?<tenant_id>[a-z0-9_-]+) (?<day>\d{4}-\d{2}-\d{2}) (?<event_count>\d{1,15}) (?<digest>[0-9a-f]{64})$/;
const keptHead = z.object({
  tenant_id: z.string(),
  day: z.iso.date(),
  event_count: z.string().transform(Number),
  digest: z.string(),
});

/** One head as a line: tenant, day, number of its events, digest. */
export function keptHeadLine({ tenant_id, day, event_count, digest }: SegmentHead): string {
  return `${tenant_id} ${day} ${event_count} ${digest.toString("hex")}`;
}

/** Reads lines that `keptHeadLine` made; empty ones are skipped. Undefined when any other is none. */
export function parseKeptHeads(text: string): readonly KeptHead[] | undefined {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  const parsed = z.array(keptHead).safeParse(lines.map((line) => LINE.exec(line)?.groups));
  return parsed.data;
}

/** Looks for kept heads in the segments that are shown to it. */
export class KeptHeads {
  readonly #byDay: ReadonlyMap<string, readonly KeptHead[]>;
  readonly #missing: Set<KeptHead>;

  constructor(kept: readonly KeptHead[]) {
    this.#byDay = Map.groupBy(kept, placeOf);
    this.#missing = new Set(kept);
  }

  /** The segment is the one that was kept, or has gone on since then. */
  see(segment: SegmentHead): void {
    for (const kept of this.#of(segment)) {
      const isSame = segment.event_count === kept.event_count && segment.digest.toString("hex") === kept.digest;
      if (isSame || segment.event_count > kept.event_count) this.#missing.delete(kept);
    }
  }

  /** An event of a segment that was seen: where a kept head stood, it must have the digest that was kept. */
  seeEvent(segment: SegmentHead, { segment_index, digest }: ChainedEvent): void {
    for (const kept of this.#of(segment)) {
      if (segment_index === kept.event_count && digest.toString("hex") !== kept.digest) this.#missing.add(kept);
    }
  }

  /** Of those that are not part of the record. */
  findings(): Finding[] {
    return Array.from(this.#missing, ({ tenant_id, day, event_count }) => ({
      fault: "head_missing",
      subject: "segment",
      tenant_id,
      day,
      event: { index: event_count },
    }));
  }

  #of(segment: SegmentHead): readonly KeptHead[] {
    return this.#byDay.get(placeOf(segment)) ?? [];
  }
}

function placeOf({ tenant_id, day }: Pick<KeptHead, "tenant_id" | "day">): string {
  return `${tenant_id} ${day}`;
}
