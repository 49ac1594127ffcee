import type { Fault, Statement } from "./cell.ts";

/** What is otherwise here than in production: a mail's deadline. Enough for several attempts at whatever hangs, and soon over. */
export const MAIL_DEADLINE_MS = 8_000;

/** So long a fault lasts at least, milliseconds. */
export const LASTS_MS = 3_000;
/** Of one that is noticed by its silence, by probes for example. What is no answer may be waited for, too. */
export const SILENCE_LASTS_MS = 6_000;
const SILENT: ReadonlySet<Fault> = new Set(["hang", "garbage"]);

export function lastsMsOf(fault: Fault, { lastsMs }: Pick<Statement, "lastsMs">): number {
  return lastsMs ?? (SILENT.has(fault) ? SILENCE_LASTS_MS : LASTS_MS);
}
