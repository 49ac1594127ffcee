/**
 * Stands in every free text of every seed, and is put into what is mutated. Nothing that may be kept or answered can hold
 * it: no address, no id and no code has a blank in it.
 */
export const CANARY = "c4~nary d0g";

/** How many characters may stand for one that is written otherwise: `%7E`, `&#126;`, `\u007e`, `+`, `-`. */
const MAX_ESCAPE = 8;
/** Three characters of Base64 say four; which bytes of a text come together depends on where in it they stand. */
const BASE64_PHASES = [0, 1, 2] as const;

/**
 * A pattern for everything that says the canary, in the syntax that JavaScript and PostgreSQL share, to be looked for without
 * regard to case: as it is, with its blank and its tilde escaped or replaced, in Base64 of either alphabet, in hexadecimal.
 * What is compressed, encrypted or cut within the canary is not seen.
 */
export const CANARY_PATTERN = [
  CANARY.replaceAll(/[^a-z0-9]/g, () => `.{1,${MAX_ESCAPE}}`),
  ...BASE64_PHASES.map(base64InPhase),
  Buffer.from(CANARY).toString("hex"),
].join("|");

const SAYS_CANARY = new RegExp(CANARY_PATTERN, "is");

/** Whether a text or bytes say the canary in any of its forms; of bytes also as UTF-16. */
export function holdsCanary(text: string | Uint8Array): boolean {
  if (typeof text === "string") return SAYS_CANARY.test(text);
  const bytes = Buffer.from(text.buffer, text.byteOffset, text.byteLength).toString("latin1");
  return SAYS_CANARY.test(bytes) || (bytes.includes("\0") && SAYS_CANARY.test(bytes.replaceAll("\0", "")));
}

/** The characters that are the same whatever stands before and behind, when so many bytes of a group stand before. */
function base64InPhase(bytesBefore: number): string {
  const encoded = Buffer.from(`${"\0".repeat(bytesBefore)}${CANARY}`).toString("base64url");
  const first = Math.ceil((bytesBefore * 8) / 6);
  const whole = Math.floor(((bytesBefore + CANARY.length) * 8) / 6);
  return encoded.slice(first, whole).replaceAll("-", "[-+]").replaceAll("_", "[_/]");
}
