import { MAX_CLOCK_DIFFERENCE_MS } from "../../services/audit/clock/agreed-clock.ts";
import { found, type Result } from "./result.ts";

/** What a clock that shows `theirs` comes to beside this machine's. */
export function clockFinding(whose: string, theirs: unknown, ours: Date): readonly Result[] {
  const shown = typeof theirs === "string" ? Date.parse(theirs) : Number.NaN;
  const seconds = Math.round((shown - ours.getTime()) / 1_000);
  if (Number.isNaN(shown) || Math.abs(seconds) * 1_000 <= MAX_CLOCK_DIFFERENCE_MS) return [];
  const direction = seconds > 0 ? "ahead of" : "behind";
  return [found("clock.off", `the clock of ${whose} is ${Math.abs(seconds)} s ${direction} this machine's`)];
}
