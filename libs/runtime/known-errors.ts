import { getSystemErrorMap } from "node:util";
import { OWN_ERROR_CODES } from "@flowstate/contracts";

/** What errors are called by the code that made them. What else one calls itself was composed from something. */

/** The language's and the platform's, our own (held by a test), and those of the packages that we use. */
export const ERROR_NAMES: ReadonlySet<string> = new Set([
  "AggregateError",
  "Error",
  "EvalError",
  "RangeError",
  "ReferenceError",
  "SuppressedError",
  "SyntaxError",
  "TypeError",
  "URIError",
  // DOMExceptions, as Node throws them.
  "AbortError",
  "DataCloneError",
  "InvalidAccessError",
  "InvalidStateError",
  "NotFoundError",
  "NotSupportedError",
  "OperationError",
  "QuotaExceededError",
  "TimeoutError",
  // Our own.
  "AddressRefusedError",
  "ApiRoleError",
  "ClientAbortedError",
  "ClockOffError",
  "ConfigError",
  "DocumentsOverheardError",
  "EventNotStoredError",
  "EventsRefusedError",
  "HeadNotTrustedError",
  "HttpError",
  "LedgerUnavailableError",
  "MailRefusedError",
  "MigrationError",
  "MultipartError",
  "NoRoomError",
  "OutdatedFoldError",
  "PayloadTooLargeError",
  "ScrubError",
  "TransferError",
  "TransportError",
  // Of fastify, nats, zod, the Gemini SDK and HPKE.
  "DecapError",
  "EncapError",
  "FastifyError",
  "GoogleGenerativeAIError",
  "NatsError",
  "OpenError",
  "SealError",
  "ValidationError",
  "ZodError",
  "$ZodError",
  // Of pg: what the database says is of the class `error`.
  "DatabaseError",
  "error",
  // Of undici.
  "BodyTimeoutError",
  "ClientClosedError",
  "ClientDestroyedError",
  "ConnectTimeoutError",
  "HeadersOverflowError",
  "HeadersTimeoutError",
  "HTTPParserError",
  "InformationalError",
  "InvalidArgumentError",
  "InvalidReturnValueError",
  "RequestContentLengthMismatchError",
  "ResponseContentLengthMismatchError",
  "ResponseError",
  "ResponseExceededMaxSizeError",
  "SocketError",
  "UndiciError",
]);

/**
 * Codes by which Node says that it does not trust a certificate: OpenSSL's reasons, as Node spells them, and its own for a
 * name that is not the certificate's (nodejs.org, "TLS", X509 certificate error codes).
 */
export const CERTIFICATE_CODES: ReadonlySet<string> = new Set([
  "CERT_CHAIN_TOO_LONG",
  "CERT_HAS_EXPIRED",
  "CERT_NOT_YET_VALID",
  "CERT_REJECTED",
  "CERT_REVOKED",
  "CERT_SIGNATURE_FAILURE",
  "CERT_UNTRUSTED",
  "CRL_HAS_EXPIRED",
  "CRL_NOT_YET_VALID",
  "CRL_SIGNATURE_FAILURE",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "ERR_TLS_CERT_ALTNAME_FORMAT",
  "ERR_TLS_CERT_ALTNAME_INVALID",
  "ERROR_IN_CERT_NOT_AFTER_FIELD",
  "ERROR_IN_CERT_NOT_BEFORE_FIELD",
  "HOSTNAME_MISMATCH",
  "INVALID_CA",
  "INVALID_PURPOSE",
  "PATH_LENGTH_EXCEEDED",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY",
  "UNABLE_TO_DECRYPT_CERT_SIGNATURE",
  "UNABLE_TO_GET_CRL",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  // What Node calls all others: a key or a digest that is too weak, a name that its authority may not vouch for.
  "UNSPECIFIED",
]);

/** Of the nats package (`ErrorCode`) those that it may meet here; its numbers have the form of the database's. */
const BROKER_CODES = [
  "404",
  "408",
  "409",
  "503",
  "ABORT_ERR",
  "AUTHENTICATION_EXPIRED",
  "AUTHENTICATION_TIMEOUT",
  "AUTHORIZATION_VIOLATION",
  "BAD_HEADER",
  "BAD_JSON",
  "BAD_PAYLOAD",
  "BAD_SUBJECT",
  "CANCELLED",
  "CONNECTION_CLOSED",
  "CONNECTION_DRAINING",
  "CONNECTION_REFUSED",
  "CONNECTION_TIMEOUT",
  "DISCONNECT",
  "IDLE_HEARTBEAT",
  "MAX_PAYLOAD_EXCEEDED",
  "NATS_PROTOCOL_ERR",
  "PERMISSIONS_VIOLATION",
  "REQUEST_ERROR",
  "SUB_CLOSED",
  "SUB_DRAINING",
  "TIMEOUT",
  "TLS",
  "UNKNOWN_ERROR",
] as const;

const systemCodes = [...getSystemErrorMap().values()].map(([name]) => name);
const listedCodes: ReadonlySet<string> = new Set([
  ...OWN_ERROR_CODES,
  ...CERTIFICATE_CODES,
  ...BROKER_CODES,
  ...systemCodes,
]);
/** Of Node, its HTTP parser, undici and fastify, which have hundreds. */
const NODES_CODE = /^(?:ERR|FST_ERR|HPE|UND_ERR)(?:_[A-Z0-9]{1,24}){1,6}$/;
/** PostgreSQL's (its Appendix A). */
const SQLSTATE = /^[0-9A-Z]{5}$/;

export const ERROR_CODES: Pick<ReadonlySet<string>, "has"> = {
  has: (code) => listedCodes.has(code) || NODES_CODE.test(code) || SQLSTATE.test(code),
};
