import type { z } from "zod";
import { wholeNumber } from "./config.ts";
import type { Tenant } from "./tenants.ts";

/**
 * How long the audit log keeps events, by plan. The stream that they come through forgets them a day before the shortest
 * plan does, so that nothing can be read from it again once it was removed. It must outlast the 72 hours in which SendGrid
 * sends a mail again, and audit's longest absence.
 */

const SHORTEST_RETENTION_DAYS = 4;
const LONGEST_RETENTION_DAYS = 3_650;

const retentionDays = (fallback: number) =>
  wholeNumber({ min: SHORTEST_RETENTION_DAYS, max: LONGEST_RETENTION_DAYS, fallback });

export const retentionSettings = {
  RETENTION_STARTER_DAYS: retentionDays(30).describe("Days for which events of tenants on the plan starter are kept."),
  RETENTION_GROWTH_DAYS: retentionDays(90).describe("Days for which events of tenants on the plan growth are kept."),
  RETENTION_SCALE_DAYS: retentionDays(365).describe("Days for which events of tenants on the plan scale are kept."),
};
type RetentionConfig = {
  readonly [Name in keyof typeof retentionSettings]: z.output<(typeof retentionSettings)[Name]>;
};

/** Days by plan. */
export type Retention = Readonly<Record<Tenant["plan"], number>>;

export function retentionOf(config: RetentionConfig): Retention {
  return {
    starter: config.RETENTION_STARTER_DAYS,
    growth: config.RETENTION_GROWTH_DAYS,
    scale: config.RETENTION_SCALE_DAYS,
  };
}

/** How long the stream keeps events. */
export function streamAgeDays(retention: Retention): number {
  return Math.min(...Object.values(retention)) - 1;
}
