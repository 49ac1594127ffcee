import type { Pool, PoolClient } from "pg";
import { z } from "zod";
import { bigint, bytes, columnList, day, text, time } from "../database/columns.ts";
import type { SegmentHead } from "./segment.ts";
import type { SigningKey, Statement, TrustedKeys } from "./signing.ts";

/** Stands for the head of the record among the tenants. No tenant can have this id. */
export const WHOLE_RECORD = "*";

/**
 * A chain that was begun anew because the head before could not be trusted. It is an operator's decision and vouches for
 * nothing before it: `verify` goes on finding what was tampered with, and names the break for ever.
 */
export const chainBreakSchema = z.object({
  tenant_id: text,
  /** The first day of recording after it: no segment before can go on. */
  day,
  broken_at: time,
  /** Of the last event before it, of whatever tenant. */
  position: bigint,
  /** By how many more or fewer events the last position was then than the heads of all segments spoke of. */
  unaccounted: bigint,
  key_id: text,
  signature: bytes,
});
export type ChainBreak = z.output<typeof chainBreakSchema>;

type Unsigned = Omit<ChainBreak, "key_id" | "signature">;

export function signBreak(chainBreak: Unsigned, key: SigningKey): ChainBreak {
  return { ...chainBreak, ...key.sign(breakStatement(chainBreak)) };
}

function breakStatement({ tenant_id, day, broken_at, position, unaccounted }: Unsigned): Statement {
  return { statement: "flowstate.audit.chain-break.v1", tenant_id, day, broken_at, position, unaccounted };
}

const SELECT_BREAKS = `SELECT ${columnList(chainBreakSchema)} FROM chain_breaks ORDER BY day, tenant_id`;

/** Those that a trusted key has signed. Others say nothing. Rejects with the driver's error. */
export async function readBreaks(client: Pool | PoolClient, trusted: TrustedKeys): Promise<readonly ChainBreak[]> {
  const { rows } = await client.query(SELECT_BREAKS);
  return rows
    .flatMap((row) => chainBreakSchema.safeParse(row).data ?? [])
    .filter(
      (chainBreak) => isCountable(chainBreak) && trusted.check(breakStatement(chainBreak), chainBreak) === "valid",
    );
}

/** What audit can have signed. */
function isCountable({ position, unaccounted }: ChainBreak): boolean {
  return Number.isSafeInteger(position) && Number.isSafeInteger(unaccounted);
}

/** Whether the tenant's chain was begun anew after this segment. */
export function isBrokenOff({ tenant_id, day }: Pick<SegmentHead, "tenant_id" | "day">, breaks: readonly ChainBreak[]) {
  return breaks.some((chainBreak) => chainBreak.tenant_id === tenant_id && day < chainBreak.day);
}
