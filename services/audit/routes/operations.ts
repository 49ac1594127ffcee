import type { RecordingLag } from "../recording/recording-lag.ts";
import type { KeepingRetention } from "../retention/keep-retention.ts";

/** What the operator's endpoints work with besides rows. */
export interface Operations {
  /** How far recording is behind. Rejects with the driver's error while the database is away. */
  lag(): Promise<RecordingLag>;
  /** Retention as audit does it by itself every day. */
  readonly retention: Omit<KeepingRetention, "logger" | "signal">;
}
