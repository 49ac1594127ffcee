import type { SenderVerdicts } from "../mail.ts";

/** `{@a.example : pass, @b.example : temperror}`: SendGrid's own notation, which is no JSON. */
const DKIM_VERDICT = /@([a-z0-9.-]{1,253})\s*:\s*([a-z]{1,32})/g;
/** Signatures of one mail that are looked at. Real ones have up to four. */
const MAX_SIGNATURES = 32;

/** The fields `SPF` and `dkim`, in bytes. What is absent or damaged counts as nothing said. */
export function parseVerdicts(spf: Uint8Array, dkim: Uint8Array): SenderVerdicts {
  const said = asciiOf(spf).trim();
  const verdicts = [...asciiOf(dkim).matchAll(DKIM_VERDICT)].slice(0, MAX_SIGNATURES);
  return {
    spf: /^[a-z]{1,32}$/.test(said) ? said : undefined,
    dkimPassed: verdicts.flatMap(([, domain, verdict]) => (verdict === "pass" && domain !== undefined ? [domain] : [])),
  };
}

function asciiOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1").toLowerCase();
}
