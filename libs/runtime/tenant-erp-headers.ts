import { z } from "zod";

/** Gateways ask for one or two. */
const MAX_HEADERS = 16;
/** Names and values together: servers commonly take 8 KiB of headers, and ours need their share. */
const MAX_HEADERS_LENGTH = 6 * 1024;
const NAME_LENGTH = 64;

/** A header's name as gateways use them. Begins with a letter, so that it is no name of JavaScript's own either. */
const NAME = /^[a-z][a-z0-9-]*$/;
/** Printable ASCII, no space at either end: nothing that could end the header, or be read in two ways. */
const VALUE = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;

/**
 * What deliveries say themselves (the signature, the content, who is calling), what belongs to one connection (RFC 9110
 * §7.6.1), and what changes how a request is read: a customer's header in its place could undo a guarantee.
 */
const RESERVED: ReadonlySet<string> = new Set([
  "accept-encoding",
  "connection",
  "date",
  "expect",
  "forwarded",
  "host",
  "idempotency-key",
  "keep-alive",
  "range",
  "te",
  "traceparent",
  "tracestate",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "user-agent",
  "via",
]);
const RESERVED_PREFIXES = ["webhook-", "content-", "proxy-", "if-", "sec-", "x-forwarded-", "x-http-method"];

/** `erp.headers` of a tenant: what every delivery carries besides, names handed on in lower case. */
export const agreedHeaders = z
  .custom<object>((value) => typeof value === "object" && value !== null && !Array.isArray(value), "must be an object")
  .transform((given, context): Readonly<Record<string, string>> => {
    const headers: Record<string, string> = {};
    const refuse = (message: string) => context.addIssue({ code: "custom", message });
    let length = 0;
    for (const [written, value] of Object.entries(given)) {
      const name = written.toLowerCase();
      const problem = Object.hasOwn(headers, name) ? "has a header twice" : headerProblem(name, value);
      if (problem !== undefined || typeof value !== "string") {
        refuse(problem ?? NO_VALUE);
        return z.NEVER;
      }
      headers[name] = value;
      length += name.length + value.length;
    }
    if (Object.keys(headers).length > MAX_HEADERS) refuse(`must have at most ${MAX_HEADERS} entries`);
    else if (length > MAX_HEADERS_LENGTH) refuse(`must have at most ${MAX_HEADERS_LENGTH} characters altogether`);
    return headers;
  });

const NO_VALUE = "must have values of printable ASCII, without spaces around them";

/** No name is quoted: somebody may have mistaken the two, and the value may be a secret. */
function headerProblem(name: string, value: unknown): string | undefined {
  if (!NAME.test(name) || name.length > NAME_LENGTH) return "must have names of letters, digits and hyphens";
  if (RESERVED.has(name) || RESERVED_PREFIXES.some((prefix) => name.startsWith(prefix))) {
    return "has a header that deliveries set themselves, or that belongs to the connection";
  }
  return typeof value === "string" && VALUE.test(value) ? undefined : NO_VALUE;
}
