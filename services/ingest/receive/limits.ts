import type { MemoryBudget } from "@flowstate/ghost";

/** What one request may consist of, and what it may take out of. */
export interface ReceiveLimits {
  readonly maxMailBytes: number;
  readonly maxDocumentBytes: number;
  readonly maxDocuments: number;
  readonly maxParts: number;
  readonly maxFields: number;
  readonly maxPartHeaderBytes: number;
  readonly maxFilenameBytes: number;
  readonly maxDepth: number;
  readonly minBytesPerSecond: number;
  /** Bytes that this process may hold; what a message's documents take besides the message comes out of it. */
  readonly budget: MemoryBudget;
}
