/** Why there is no connection to a server, as the operator can mend it. */
export type ConnectionFault = "name_unknown" | "unreachable" | "certificate_refused";

export interface ExplainedFault {
  readonly fault: ConnectionFault;
  readonly sentence: string;
}

/** What a failed connection to `host` failed for. `error` is what Node or the driver threw: only its code is used. */
export function explainConnection(host: string, error: unknown): ExplainedFault {
  const code = codeOf(error);
  const trust = TRUST[code];
  if (trust !== undefined) return { fault: "certificate_refused", sentence: `the certificate of ${host} ${trust}` };
  if (code.startsWith("CERT_") || code.startsWith("ERR_TLS_") || code.startsWith("UNABLE_TO_")) {
    return { fault: "certificate_refused", sentence: `the certificate of ${host} is not trusted (${code})` };
  }
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") {
    return { fault: "name_unknown", sentence: `the name ${host} has no address here` };
  }
  const reason = UNREACHABLE[code] ?? `there was no answer from ${host}`;
  return { fault: "unreachable", sentence: reason.replaceAll("HOST", host) };
}

const UNTRUSTED = "is not of the authority that was given";
const TRUST: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "has ended",
  CERT_NOT_YET_VALID: "is not valid yet",
  ERR_TLS_CERT_ALTNAME_INVALID: "is not for this name",
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  CERT_SIGNATURE_FAILURE: UNTRUSTED,
};

const UNREACHABLE: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens at HOST",
  ECONNRESET: "HOST broke the connection off",
  EHOSTUNREACH: "there is no way from here to HOST",
  ENETUNREACH: "there is no way from here to HOST",
};

/** A code, made of capital letters, or nothing: a message may quote what it was given. */
export function codeOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  if (!(error instanceof Error)) return "";
  if ("code" in error && typeof error.code === "string" && /^[A-Z0-9_]+$/.test(error.code)) return error.code;
  return codeOf(error.cause);
}
