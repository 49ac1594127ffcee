import type { z } from "zod";
import { TransferError } from "./transfer-error.ts";

/** Metadata that travels as the first (and, from an instance, the last) chunk of a direction. */
export function encodeMetadata(metadata: object): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(metadata));
}

/** Throws `TransferError("violated")` for anything that is not what the schema describes. */
export function decodeMetadata<T>(schema: z.ZodType<T>, bytes: Uint8Array, maxBytes: number): T {
  if (bytes.byteLength > maxBytes) throw new TransferError("violated");
  try {
    return schema.parse(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)));
  } catch {
    throw new TransferError("violated");
  }
}
