import { ADDRESS_CLASS_WORDS } from "../egress/address-class.ts";
import { AddressRefusedError, EXEMPTIBLE_CLASSES, hostOf } from "../egress/guard-addresses.ts";

/** Why there was no answer from `url`, in sentences for the operator. `cause` is what the attempt failed with. */
export function explainFault(url: URL, cause: unknown): readonly string[] {
  if (cause instanceof AddressRefusedError) return explainRefusal(url, cause);
  const code = codeOf(cause);
  const host = hostOf(url);
  const place = `${host}, port ${url.port === "" ? "443" : url.port}`;
  const sentences = SENTENCES[code] ?? (TLS_ALERT.test(code) ? CLIENT_REFUSED : undefined);
  if (sentences === undefined) return [`There was no answer from ${place} (${code}).`];
  return sentences.map((sentence) => sentence.replaceAll("HOST", host).replaceAll("PLACE", place));
}

function explainRefusal(url: URL, { address, addressClass }: AddressRefusedError): readonly string[] {
  const remedy = EXEMPTIBLE_CLASSES.has(addressClass)
    ? "If the ERP is in your own network, allow that network: erp.allowed_networks, or ERP_ALLOWED_NETWORKS."
    : "Nothing is ever sent to such an address. Ask who answers for the name.";
  return [`${hostOf(url)} leads to ${address}: ${ADDRESS_CLASS_WORDS[addressClass]}. Nothing was sent.`, remedy];
}

function codeOf(cause: unknown): string {
  if (!(cause instanceof Error)) return "unknown";
  return "code" in cause && typeof cause.code === "string" ? cause.code : cause.name;
}

const TLS_ALERT = /^ERR_SSL_.*ALERT/;

const CLIENT_REFUSED = [
  "HOST broke TLS off: it may want a client certificate (erp.client_certificate, or ERP_CLIENT_CERTIFICATE and ERP_CLIENT_KEY) or not accept the one it was shown.",
];
const TOO_SLOW = [
  "HOST did not answer in time.",
  "It should answer as soon as it has stored what it received, and work on it afterwards.",
];
const BROKEN_OFF = [
  "HOST closed the connection without an answer.",
  "Something before the ERP may not let the request through, or the ERP may want a client certificate.",
];
const UNREACHABLE = ["There is no way from here to PLACE: routes or a firewall on this side."];
const SILENT = ["PLACE does not take the connection: a firewall drops it, or nothing is there."];
const NO_AUTHORITY = [
  "HOST shows a certificate of an authority that is not trusted.",
  "With a private authority, give its certificate: erp.ca_certificate, or ERP_CA_CERTIFICATE. Where the authority is the right one, HOST does not send the intermediate certificates.",
];
const BAD_HTTP = ["What answers at PLACE does not speak HTTP as it must."];

const SENTENCES: Readonly<Record<string, readonly string[]>> = {
  ENOTFOUND: ["The name HOST has no address."],
  EAI_AGAIN: ["The name servers of this machine did not answer for HOST."],
  EAI_FAIL: ["The name servers of this machine failed for HOST."],
  ECONNREFUSED: ["Nothing listens at PLACE."],
  EHOSTUNREACH: UNREACHABLE,
  ENETUNREACH: UNREACHABLE,
  EACCES: UNREACHABLE,
  UND_ERR_CONNECT_TIMEOUT: SILENT,
  ETIMEDOUT: SILENT,
  UND_ERR_HEADERS_TIMEOUT: TOO_SLOW,
  TimeoutError: TOO_SLOW,
  ECONNRESET: BROKEN_OFF,
  EPIPE: BROKEN_OFF,
  UND_ERR_SOCKET: BROKEN_OFF,
  CERT_HAS_EXPIRED: ["The certificate of HOST has expired."],
  CERT_NOT_YET_VALID: ["The certificate of HOST is not valid yet: its clock or the clock of this machine is wrong."],
  CERT_REVOKED: ["The certificate of HOST is revoked."],
  ERR_TLS_CERT_ALTNAME_INVALID: ["The certificate that PLACE shows is not for HOST."],
  UNSPECIFIED: [
    "The certificate of HOST, or one above it, is not acceptable: its key or its digest is too weak, or its authority may not vouch for this name.",
  ],
  INVALID_PURPOSE: ["The certificate of HOST is not one for a server."],
  DEPTH_ZERO_SELF_SIGNED_CERT: NO_AUTHORITY,
  SELF_SIGNED_CERT_IN_CHAIN: NO_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT: NO_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: NO_AUTHORITY,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: NO_AUTHORITY,
  CERT_SIGNATURE_FAILURE: NO_AUTHORITY,
  ERR_SSL_WRONG_VERSION_NUMBER: ["What answers at PLACE does not speak TLS."],
  ERR_SSL_PACKET_LENGTH_TOO_LONG: ["What answers at PLACE does not speak TLS."],
  ERR_SSL_UNSUPPORTED_PROTOCOL: ["HOST speaks a version of TLS that is too old: 1.2 is the least."],
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: ["HOST speaks a version of TLS that is too old: 1.2 is the least."],
  HPE_INVALID_CONSTANT: BAD_HTTP,
  HPE_INVALID_HEADER_TOKEN: BAD_HTTP,
  HPE_INVALID_VERSION: BAD_HTTP,
  HPE_INVALID_STATUS: BAD_HTTP,
  UND_ERR_HEADERS_OVERFLOW: BAD_HTTP,
};
