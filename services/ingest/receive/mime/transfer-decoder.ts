/** Decodes one body step by step, so that a large one can be left for a while. */
export interface TransferDecoder {
  /** Bytes of the body that were read. */
  readonly consumed: number;
  readonly done: boolean;
  /**
   * Decodes into `target` from offset `from` on, until it is full, about `maxInput` bytes were read, or the body ends.
   * Returns the offset after what was written. The target must have room for three bytes.
   */
  decodeInto(target: Buffer, from: number, maxInput: number): number;
}
