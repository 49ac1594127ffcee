import type { Stage } from "@flowstate/contracts";
import type { GhostBytes, MemoryBudget } from "@flowstate/ghost";
import type { Deadline, DeliveryLedger, DocumentsConnection } from "@flowstate/messaging";
import { type Logger, measureMs } from "@flowstate/runtime";
import type { IngestEvents, WipedBytes } from "../events.ts";
import type { IdentifiedDocument } from "../mail.ts";

/** What one document's way needs; the parts of ingest that outlive a mail. */
export interface DocumentPath {
  readonly documents: DocumentsConnection;
  readonly ledger: DeliveryLedger;
  readonly events: IngestEvents;
  /** What extractions, and copies of documents for several tenants, come out of. */
  readonly budget: MemoryBudget;
  readonly logger: Logger;
}

/** One try at a mail or an upload. */
export interface Attempt {
  /** Names this request; the cause of events that a redelivery repeats as facts of their own. */
  readonly requestId: string;
  /** When the request began, on the clock of `performance.now()`. */
  readonly begunAt: number;
  readonly deadline: Deadline;
  /** Aborted when this process stops and its grace is over. */
  readonly stopping: AbortSignal;
}

/** How far a document has come in this attempt, so that a fault is recorded with the stage it struck. */
export class Progress {
  /** What ingest holds once the document has been read. */
  extraction: GhostBytes | undefined;
  /** Bytes that the other services said they zeroed. */
  extractorWiped: number | undefined;
  pusherWiped: number | undefined;
  /** What of the time the others spent at third parties, milliseconds. */
  outsideMs = 0;
  #stage: Stage = "receive";
  #stageStarted: number;

  /** Receiving began with the request. */
  constructor({ begunAt }: Pick<Attempt, "begunAt">) {
    this.#stageStarted = begunAt;
  }

  get stage(): Stage {
    return this.#stage;
  }

  enter(stage: Stage): void {
    this.leave();
    this.#stage = stage;
    this.#stageStarted = performance.now();
  }

  /** The stage is over: how long it took is measured. */
  leave(): void {
    const tookMs = performance.now() - this.#stageStarted;
    measureMs("flowstate.stage.duration", tookMs, { "flowstate.stage": this.#stage });
  }

  /** Milliseconds since the stage was entered. */
  elapsedMs(): number {
    return Math.round(performance.now() - this.#stageStarted);
  }

  /** Zeroes what ingest still holds of a document. What it says about the other services is what they said. */
  wipe(document: IdentifiedDocument): WipedBytes {
    document.content.wipe();
    this.extraction?.wipe();
    return {
      ingest: document.content.length + (this.extraction?.length ?? 0),
      extractor: this.extractorWiped,
      erpPusher: this.pusherWiped,
    };
  }
}
