import type { TransferFailure } from "@flowstate/contracts";
import { type ChunkOpener, type ChunkSealer, giveBack } from "@flowstate/ghost";
import { measureMs } from "@flowstate/runtime";
import type { Msg, NatsConnection, Subscription } from "nats";
import { ABORT_FRAME, ALIVE_FRAME, chunkHead, creditFrame, type Frame, parseFrame } from "./frame.ts";
import { type TransferTimes, WINDOW } from "./limits.ts";
import { TransferError } from "./transfer-error.ts";

/** Frames that may wait unread: the window of chunks, and the few frames that carry none. */
const MAX_PENDING_FRAMES = 4 * WINDOW;
/** What the server answers, in place of the peer, when nobody listens on the peer's subject any more. */
const NO_RESPONDERS = 503;

export interface ChannelOptions {
  readonly nats: NatsConnection;
  /** The subject this side receives on, already subscribed. */
  readonly inbound: Subscription;
  /** The subject the other side receives on. */
  readonly peerSubject: string;
  /** Who the other side is, for the metric. */
  readonly peer: string;
  readonly times: TransferTimes;
  /** Chunks of this side that may be under way unacknowledged. */
  readonly window: number;
  /** Takes each opened chunk; the channel gives it back afterwards. Throwing a TransferError ends the transfer. */
  readonly onChunk: (plaintext: Buffer, chunk: { readonly index: number; readonly last: boolean }) => void;
  /** The caller's first frame, on the instance's side: must produce the keys. */
  readonly onBegin?: (encapsulated: Uint8Array) => Promise<void>;
}

/**
 * One side of a sealed transfer: sends sealed chunks under the window, opens the other side's in order, and notices when
 * the other side is gone. It ends exactly once, by being disposed or by a failure; a failure aborts `signal`, whose reason is the
 * `TransferError`, and tells the other side.
 */
export class SealedChannel implements Disposable {
  readonly #options: ChannelOptions;
  readonly #ended = new AbortController();
  readonly #aliveTimer: NodeJS.Timeout;
  readonly #idleTimer: NodeJS.Timeout;
  #sealer: ChunkSealer | undefined;
  #opener: ChunkOpener | undefined;
  #sent = 0;
  #credited = 0;
  #taken = 0;
  #takenLast = false;
  #windowOpened: (() => void) | undefined;

  constructor(options: ChannelOptions) {
    this.#options = options;
    this.#idleTimer = setTimeout(() => this.fail("lost"), options.times.idleLimitMs);
    this.#aliveTimer = setInterval(() => this.#publish(ALIVE_FRAME), options.times.aliveIntervalMs);
    void this.#receive();
  }

  /** Aborted when the channel failed; its reason is a `TransferError`. */
  get signal(): AbortSignal {
    return this.#ended.signal;
  }

  /** From now on chunks can be sealed and opened. */
  useKeys(sealer: ChunkSealer, opener: ChunkOpener): void {
    this.#sealer = sealer;
    this.#opener = opener;
  }

  /** Publishes a frame that is not a chunk. */
  sendFrame(frame: Uint8Array): void {
    this.#publish(frame);
  }

  /**
   * Seals and sends one chunk, which may lie in several pieces, waiting while the window is full. Rejects with the
   * `TransferError` of a failed channel.
   */
  async send(pieces: readonly Uint8Array[], last: boolean): Promise<void> {
    if (this.#isFull) await this.#windowToOpen();
    this.signal.throwIfAborted();
    if (this.#sealer === undefined) throw new TransferError("violated");
    this.#sent += 1;
    this.#publish(this.#sealer.seal(pieces, last, chunkHead(last)));
  }

  get #isFull(): boolean {
    return this.#sent - this.#credited >= this.#options.window;
  }

  async #windowToOpen(): Promise<void> {
    const stalledAt = performance.now();
    while (this.#isFull) {
      this.signal.throwIfAborted();
      await new Promise<void>((resolve) => {
        this.#windowOpened = resolve;
      });
    }
    const stalledMs = performance.now() - stalledAt;
    measureMs("flowstate.transfer.stall.duration", stalledMs, { "flowstate.peer": this.#options.peer });
  }

  /** Ends the transfer from this side; the other side is told. Repeated failures keep the first reason. */
  fail(failure: TransferFailure): void {
    if (this.signal.aborted) return;
    this.#publish(ABORT_FRAME);
    this.#end(new TransferError(failure));
  }

  /** Ends the transfer without a failure, for example because it is complete. */
  [Symbol.dispose](): void {
    clearInterval(this.#aliveTimer);
    clearTimeout(this.#idleTimer);
    this.#options.inbound.unsubscribe();
  }

  #end(error: TransferError): void {
    this[Symbol.dispose]();
    this.#ended.abort(error);
    this.#windowOpened?.();
  }

  async #receive(): Promise<void> {
    try {
      for await (const message of this.#options.inbound) {
        if (this.signal.aborted) return;
        if (this.#options.inbound.getPending() > MAX_PENDING_FRAMES) throw new TransferError("violated");
        this.#idleTimer.refresh();
        await this.#take(message);
      }
    } catch (error) {
      this.fail(error instanceof TransferError ? error.failure : "violated");
    }
    // The subscription ended without this side ending the transfer: the connection is closing.
    if (!this.#takenLast) this.fail("lost");
  }

  async #take(message: Msg): Promise<void> {
    if (message.headers?.code === NO_RESPONDERS) throw new TransferError("lost");
    const frame: Frame | undefined = parseFrame(message.data);
    switch (frame?.kind) {
      case undefined:
        throw new TransferError("violated");
      case "begin":
        if (this.#options.onBegin === undefined || this.#opener !== undefined) throw new TransferError("violated");
        return this.#options.onBegin(frame.encapsulated);
      case "chunk":
        return this.#takeChunk(frame.sealed, frame.last);
      case "credit":
        if (frame.taken < this.#credited || frame.taken > this.#sent) throw new TransferError("violated");
        this.#credited = frame.taken;
        return this.#windowOpened?.();
      case "alive":
        return;
      case "abort":
        throw new TransferError("lost");
    }
  }

  #takeChunk(sealed: Uint8Array, last: boolean): void {
    if (this.#opener === undefined || this.#takenLast) throw new TransferError("violated");
    const plaintext = this.#opener.open(sealed, last);
    if (plaintext === undefined) throw new TransferError("violated");
    try {
      const index = this.#taken;
      this.#taken += 1;
      this.#takenLast = last;
      this.#options.onChunk(plaintext, { index, last });
    } finally {
      giveBack(plaintext);
    }
    if (last || this.#taken % (WINDOW / 2) === 0) this.#publish(creditFrame(this.#taken));
  }

  /** Every frame names this side's subject as its reply, so that the server can say that the other side is gone. */
  #publish(frame: Uint8Array): void {
    const { nats, peerSubject, inbound } = this.#options;
    if (!nats.isClosed()) nats.publish(peerSubject, frame, { reply: inbound.getSubject() });
  }
}
