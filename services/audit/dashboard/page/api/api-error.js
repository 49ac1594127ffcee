/**
 * Why a request brought nothing. `wrong_key` and `forbidden` will not change by asking again; `away` and `busy` will; a
 * `refused` question is a mistake of this page.
 *
 * @typedef {"wrong_key" | "forbidden" | "not_found" | "refused" | "busy" | "away"} Failure
 */

/** A request that brought nothing. */
export class ApiError extends Error {
  /** @type {Failure} */
  failure;
  /** How long the server asks to wait before the next request; 0 when it does not say. */
  retryAfterMs;

  /**
   * @param {Failure} failure
   * @param {number} [retryAfterMs]
   */
  constructor(failure, retryAfterMs = 0) {
    super(failure);
    this.name = "ApiError";
    this.failure = failure;
    this.retryAfterMs = retryAfterMs;
  }
}

/** @type {Readonly<Record<number, Failure>>} */
const FAILURE_OF_STATUS = { 401: "wrong_key", 403: "forbidden", 404: "not_found", 429: "busy" };

/**
 * @param {number} status of an answer that is not 200
 * @returns {Failure}
 */
export function failureOf(status) {
  return FAILURE_OF_STATUS[status] ?? (status >= 500 ? "away" : "refused");
}

/**
 * What an error that was thrown while asking comes to; anything but an answer means that there was none.
 *
 * @param {unknown} error
 * @returns {Failure}
 */
export function failureIn(error) {
  return error instanceof ApiError ? error.failure : "away";
}

/**
 * @param {unknown} error that was thrown while asking
 * @returns {number} how long the server asks to wait, milliseconds; 0 when it does not say
 */
export function retryAfterIn(error) {
  return error instanceof ApiError ? error.retryAfterMs : 0;
}
