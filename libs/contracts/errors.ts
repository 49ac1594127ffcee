/**
 * The one table of answers that a caller may see when a request fails. The body is `{"error":"<category>"}` and nothing
 * else: no message, no stack, no echo. Each category has a page in `docs/errors/`, held to this table by a test.
 */
export const ERROR_CATEGORIES = {
  malformed_request: 400,
  authentication_failed: 401,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  payload_too_large: 413,
  unsupported_media_type: 415,
  rate_limited: 429,
  internal_error: 500,
  temporarily_unavailable: 503,
} as const;

export type ErrorCategory = keyof typeof ERROR_CATEGORIES;

/** What `Retry-After` says with 503, and with 429 where nothing better is known: SendGrid keeps its own schedule, API callers and proxies honour this. Seconds. */
export const RETRY_AFTER_SECONDS = 30;

/** The exact body of a failed request. */
export function errorBody(category: ErrorCategory): { readonly error: ErrorCategory } {
  return { error: category };
}
