import type { RecordedEvent } from "./observe/record.ts";

/** What was seen of one cell. */
export interface SeenCell {
  /** Of the mail that came while the fault lasted: the status, and what was said with it. */
  readonly answer: number;
  readonly body: unknown;
  /** Of its document, once it was accepted. */
  readonly documentId: string;
  readonly events: readonly RecordedEvent[];
  /** Under which ids the ERP has it, and how often it was sent it after its sender was told that it is done. */
  readonly bookedAs: readonly string[];
  readonly sentAfterAnswer: number;
  /** Everything that the services have logged since the fault began. */
  readonly logs: ReadonlySet<string>;
  /** Who was not ready at some time while it lasted. */
  readonly notReady: ReadonlySet<string>;
  readonly recoveredMs: number;
  /** Whether a service started or stopped. */
  readonly restarted: boolean;
}
