import type { CodeOf } from "@flowstate/contracts";
import type { Envelope, SenderVerdicts } from "../mail.ts";

/** From whom a tenant takes documents. */
export interface SenderPolicy {
  /** Lower case: `ap@supplier.example`, or `@supplier.example` for a whole domain. Undefined: from everybody. */
  readonly allow: readonly string[] | undefined;
  /** What must have passed. */
  readonly require: readonly ("spf" | "dkim")[];
}

/**
 * Why a tenant does not take documents of this mail, or undefined. The sender is the envelope's: SPF is about that address,
 * and a DKIM signature counts when its domain belongs to it. Temporary errors of either count as not passed: the verdict
 * comes with the mail, so the same mail would bring it again.
 */
export function refusalOfSender(
  { allow, require }: SenderPolicy,
  { from }: Envelope,
  verdicts: SenderVerdicts,
): CodeOf<"refused"> | undefined {
  const sender = from?.trim().toLowerCase() ?? "";
  const domain = /@([^@]+)$/.exec(sender)?.[1] ?? "";
  if (allow !== undefined && !allow.includes(sender) && !allow.includes(`@${domain}`)) return "sender_not_allowed";
  const passed = {
    spf: verdicts.spf === "pass",
    dkim: verdicts.dkimPassed.some((signer) => isRelated(signer, domain)),
  };
  return require.every((method) => passed[method]) ? undefined : "sender_not_authenticated";
}

/** One domain is the other, or lies within it (RFC 7489, 3.1.1, relaxed alignment; a top-level domain signs nothing). */
function isRelated(signer: string, domain: string): boolean {
  if (!signer.includes(".") || !domain.includes(".")) return false;
  return signer === domain || domain.endsWith(`.${signer}`) || signer.endsWith(`.${domain}`);
}
