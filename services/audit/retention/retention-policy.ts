import type { ConfiguredTenant, Retention } from "@flowstate/runtime";
import { NO_TENANT } from "../chain/segment.ts";
import { daysBefore } from "../days.ts";

/** How many days the events of a tenant are kept. The day of recording is the first of them. */
export interface RetentionPolicy {
  /** Of the tenants that have a plan, and of `_`: events that belong to no tenant. */
  readonly days: ReadonlyMap<string, number>;
  /** Of every other tenant. */
  readonly otherwise: number;
}

/**
 * Each tenant by its plan. Events without tenant are nobody's business for longer than the shortest plan. A tenant that is
 * not configured is kept for as long as the longest: removing cannot be undone, and a list of tenants may lack one by
 * mistake.
 */
export function retentionPolicy(
  tenants: readonly Pick<ConfiguredTenant, "id" | "plan">[],
  retention: Retention,
): RetentionPolicy {
  const periods = Object.values(retention);
  const ofTenants = tenants.map(({ id, plan }): [string, number] => [id, retention[plan]]);
  return { days: new Map([...ofTenants, [NO_TENANT, Math.min(...periods)]]), otherwise: Math.max(...periods) };
}

/** The newest day whose events are removed on `today` if they are kept for so many days. */
export function lastDueDay(keptDays: number, today: string): string {
  return daysBefore(today, keptDays);
}
