/**
 * Stands in every free text of every seed, and is put into what is mutated. Nothing that may be kept or answered can hold
 * it: no address, no id and no code has a blank in it.
 */
export const CANARY = "c4~nary d0g";

const NEEDLE = Buffer.from(CANARY);

export function holdsCanary(text: string | Uint8Array): boolean {
  if (typeof text === "string") return text.includes(CANARY);
  return Buffer.from(text.buffer, text.byteOffset, text.byteLength).includes(NEEDLE);
}
