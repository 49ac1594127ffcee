import type { JsMsg } from "nats";

export interface StreamMessage {
  readonly data: Uint8Array;
  /** The stream's sequence number: total order, survives redelivery. */
  readonly sequence: number;
}

/** What is done with messages before they are stored. */
export interface Preparation<Read, Batch> {
  /** Messages that are stored together, at most. */
  readonly batchSize: number;
  /** Makes of a message what is stored, as soon as it arrives: the batches before it are being stored meanwhile. */
  read(message: StreamMessage): Read;
  /** Makes ready what is stored together; of a full batch as soon as it has arrived. */
  prepare(batch: readonly Read[]): Batch;
}

/** Messages that are stored together, and what was made of them. */
export interface PreparedBatch<Message, Batch> {
  readonly messages: readonly Message[];
  readonly batch: Batch;
}

/** What has arrived and is not being stored yet. */
export class Arrivals<Message extends Pick<JsMsg, "data" | "seq">, Read, Batch> {
  readonly #preparation: Preparation<Read, Batch>;
  readonly #full: PreparedBatch<Message, Batch>[] = [];
  #messages: Message[] = [];
  #reads: Read[] = [];

  constructor(preparation: Preparation<Read, Batch>) {
    this.#preparation = preparation;
  }

  /** Whether there is a batch to which nothing can be added. */
  get hasFull(): boolean {
    return this.#full.length > 0;
  }

  /** Whether it is the first that waits to be stored. */
  add(message: Message): boolean {
    const isFirst = this.#messages.length === 0;
    this.#reads.push(this.#preparation.read({ data: message.data, sequence: message.seq }));
    this.#messages.push(message);
    if (this.#messages.length === this.#preparation.batchSize) this.#full.push(this.#prepare());
    return isFirst;
  }

  /** The next batch, full or not. */
  take(): PreparedBatch<Message, Batch> | undefined {
    return this.#full.shift() ?? (this.#messages.length > 0 ? this.#prepare() : undefined);
  }

  /** Every message that was not taken. */
  drain(): readonly Message[] {
    this.#reads = [];
    return [...this.#full.splice(0).flatMap(({ messages }) => messages), ...this.#messages.splice(0)];
  }

  #prepare(): PreparedBatch<Message, Batch> {
    const prepared = { messages: this.#messages, batch: this.#preparation.prepare(this.#reads) };
    [this.#messages, this.#reads] = [[], []];
    return prepared;
  }
}
