import type { RecordingLag } from "../recording/recording-lag.ts";
import { nobodysTrouble, type Trouble } from "./alert.ts";
import { CLOCK_OFF, DOCUMENTS_OVERHEARD, RECORDING_BEHIND, STREAM_SILENT } from "./alert-rules.ts";

/** What one look finds out of its own instance. */
export interface InstanceState {
  readonly lag: RecordingLag;
  readonly isClockRight: boolean;
  /** Something on the broker could take in documents. */
  readonly isOverheard: boolean;
  readonly now: Date;
}

/**
 * What is wrong and does not stand in the database. The broker does not tell how long an event has waited, and nothing may ever
 * have been recorded: so it counts from when this instance first saw that something waits and nothing is stored.
 */
export class InstanceWatch {
  #waiting: { readonly sinceMs: number; readonly position: number } | undefined;
  #silentSinceMs: number | undefined;

  /** To be called with each look. */
  see({ lag, isClockRight, isOverheard, now }: InstanceState): readonly Trouble[] {
    const { pending_events: pending, position } = lag;
    const nowMs = now.getTime();
    if (pending === null) this.#silentSinceMs ??= nowMs;
    else this.#silentSinceMs = undefined;
    if (pending === 0) this.#waiting = undefined;
    else if (pending !== null && this.#waiting?.position !== position) this.#waiting = { sinceMs: nowMs, position };

    const silentMs = nowMs - (this.#silentSinceMs ?? nowMs);
    const waitingMs = pending === null ? 0 : nowMs - (this.#waiting?.sinceMs ?? nowMs);
    const isBehind = waitingMs >= RECORDING_BEHIND.silentForMs || (pending ?? 0) >= RECORDING_BEHIND.pendingEvents;
    return [
      ...(isBehind ? [nobodysTrouble(RECORDING_BEHIND.rule, pending ?? 0)] : []),
      ...(silentMs >= STREAM_SILENT.silentForMs ? [nobodysTrouble(STREAM_SILENT.rule, 1)] : []),
      ...(isOverheard ? [nobodysTrouble(DOCUMENTS_OVERHEARD.rule, 1)] : []),
      ...(isClockRight ? [] : [nobodysTrouble(CLOCK_OFF.rule, 1)]),
    ];
  }
}
