import type { RecordedEvent } from "./observe/record.ts";

/** What was seen of one cell. */
export interface SeenCell {
  /** Of the mail that met the fault: the status, and what was said with it. */
  readonly answer: number;
  readonly body: unknown;
  /** What was said with it of when to come again. */
  readonly retryAfter: string | undefined;
  /** Its document, once it was accepted. */
  readonly document: SeenDocument;
  /** Those of all other mails since the fault began: accepted before it was met, and the first one after it. */
  readonly others: readonly SeenDocument[];
  /** How often somebody met it. */
  readonly met: number;
  /** Everything that the services have logged since the fault began. */
  readonly logs: ReadonlySet<string>;
  /** Who was not ready at some time while it lasted. */
  readonly notReady: ReadonlySet<string>;
  readonly recoveredMs: number;
  /** From the end of the fault until all was on record that must be, of every mail. */
  readonly recordedMs: number;
  /** Whether a service started or stopped. */
  readonly restarted: boolean;
}

/** What is known of a document whose mail was answered 200. */
export interface SeenDocument {
  readonly documentId: string;
  readonly events: readonly RecordedEvent[];
  /** When all of them were on record that must be, or it was given up: by `performance.now()`. */
  readonly completeAt: number;
  /** Under which ids the ERP has it, and how often it was sent it after its sender was told that it is done. */
  readonly bookedAs: readonly string[];
  readonly sentAfterAnswer: number;
}
