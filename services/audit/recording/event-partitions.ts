import type { PoolClient } from "pg";

/** A month's part of the table `events`. */
export interface EventPartition {
  /** `events_2026_11`. */
  readonly name: string;
  /** Its first day, and the first day that is no longer its: `2026-11-01`, `2026-12-01`. */
  readonly from: string;
  readonly until: string;
}

/** The partition that events recorded on `day` (ISO 8601, UTC) belong to. */
export function partitionOfDay(day: string): EventPartition {
  const from = `${day.slice(0, 7)}-01`;
  const next = new Date(from);
  next.setUTCMonth(next.getUTCMonth() + 1);
  return {
    name: `events_${from.slice(0, 4)}_${from.slice(5, 7)}`,
    from,
    until: next.toISOString().slice(0, "2026-12-01".length),
  };
}

/**
 * Makes a partition, in a transaction that holds the storing lock. It is made as a table of its own and then attached,
 * which lets questions to the table go on, where `CREATE TABLE … PARTITION OF` would wait for all of them and have all
 * others wait. Nobody is granted anything on it, and without a policy row-level security shows nothing of it to anyone but the
 * owner: the way in is the table `events`, with its policies.
 */
export async function createPartition(client: PoolClient, { name, from, until }: EventPartition): Promise<void> {
  await client.query(
    `CREATE TABLE ${name} (LIKE events INCLUDING ALL);
     ALTER TABLE ${name} ENABLE ROW LEVEL SECURITY;
     ALTER TABLE events ATTACH PARTITION ${name} FOR VALUES FROM ('${from}') TO ('${until}')`,
  );
}
