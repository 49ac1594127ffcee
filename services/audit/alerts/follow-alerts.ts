import type { Alert, Trouble } from "./alert.ts";
import { GIVEN_UP, HELD_RULES } from "./alert-rules.ts";

/**
 * A condition that stops holding may be about to hold again: a document that is tried once more is not deferred for as
 * long as that takes. Only a trouble that stays away is over.
 */
const QUIET_FOR_MS = 120_000;
/** Whoever cannot be told for so long that something is over is not told any more. */
const TELL_WITHIN_MS = 3_600_000;

/** What is remembered after a look, and what there is to tell. */
export interface FollowedAlerts {
  readonly alerts: readonly Alert[];
  /** Troubles that nobody was told of yet. */
  readonly opened: readonly Alert[];
  /** Troubles that are over, and of which somebody was told or will be in the same message. */
  readonly recovered: readonly Alert[];
}

/** Holds what is wrong now (`troubles`) against what was known (`known`). Pure; `now` is the time of the look. */
export function followAlerts(known: readonly Alert[], troubles: readonly Trouble[], now: Date): FollowedAlerts {
  const at = now.toISOString();
  const present = new Map(troubles.map((trouble) => [keyOf(trouble), trouble]));
  const remembered = new Set(known.map(keyOf));
  const alerts = [
    ...known.map((alert) => {
      const trouble = present.get(keyOf(alert));
      return trouble === undefined
        ? { ...alert, quiet_since: alert.quiet_since ?? at }
        : { ...alert, ...trouble, quiet_since: null };
    }),
    ...troubles
      .filter((trouble) => !remembered.has(keyOf(trouble)))
      .map((trouble) => ({ ...trouble, opened_at: at, quiet_since: null, told_at: null })),
  ];
  return {
    alerts,
    opened: alerts.filter(({ told_at }) => told_at === null),
    recovered: alerts.filter((alert) => isQuietFor(alert, QUIET_FOR_MS, now)),
  };
}

/**
 * What is remembered after `followed` was told, or could not be. Once it was, everything is known of, and what is over is
 * forgotten.
 */
export function afterTelling({ alerts }: FollowedAlerts, told: boolean, now: Date): readonly Alert[] {
  if (!told) return alerts.filter((alert) => !isQuietFor(alert, TELL_WITHIN_MS, now));
  return alerts
    .filter((alert) => !isQuietFor(alert, QUIET_FOR_MS, now))
    .map((alert) => ({ ...alert, told_at: alert.told_at ?? now.toISOString() }));
}

/**
 * Whether what an alert was about has ended without being mended: the tenant's documents are not held any more because
 * nobody sends them again. `alerts` are all that are remembered.
 */
export function wasGivenUp({ rule, tenant_id }: Alert, alerts: readonly Alert[]): boolean {
  return HELD_RULES.has(rule) && alerts.some((other) => other.rule === GIVEN_UP.rule && other.tenant_id === tenant_id);
}

function isQuietFor({ quiet_since }: Alert, ms: number, now: Date): boolean {
  return quiet_since !== null && now.getTime() - Date.parse(quiet_since) >= ms;
}

function keyOf({ rule, tenant_id }: Trouble): string {
  return `${rule} ${tenant_id}`;
}
