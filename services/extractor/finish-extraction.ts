import type { Extraction } from "@flowstate/contracts";
import { type Validation, validateExtraction } from "./validate-extraction.ts";

/** An extraction as it leaves: bytes, with what is known about them. */
export interface FinishedExtraction {
  /** JSON, UTF-8, in an allocation of its own. Whoever receives it wipes it. */
  readonly json: Uint8Array<ArrayBuffer>;
  readonly validation: Validation;
}

/**
 * Validates an extraction and turns it into bytes at once, where it was made, so that no part of the service passes
 * extracted values around as objects.
 */
export function finishExtraction(extraction: Extraction): FinishedExtraction {
  return { json: new TextEncoder().encode(JSON.stringify(extraction)), validation: validateExtraction(extraction) };
}
