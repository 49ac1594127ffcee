import { ApiError, failureOf } from "./api-error.js";

/** An answer that has not begun after this long will not come. */
const PATIENCE_MS = 15_000;
/** What a key is made of: printable ASCII without spaces. */
const SENDABLE = /^[\x21-\x7e]+$/;

/**
 * Asks the API with one key. The key lives in this closure and nowhere else: not in a cookie, not in a storage, not in an
 * address. When the page goes, so does the key.
 *
 * @typedef {object} Client
 * @property {<T>(path: string, parameters?: Parameters, signal?: AbortSignal) => Promise<T>} get the answer's JSON
 * @property {(path: string, headers: Record<string, string>, signal: AbortSignal) => Promise<Response>} open an answer
 *   that goes on for as long as it likes
 *
 * @typedef {Readonly<Record<string, string | number | readonly string[] | null | undefined>>} Parameters null and
 *   undefined ones are left out, an array is repeated
 */

/**
 * Both reject with `ApiError`, or with whatever `fetch` throws when there is no answer or `signal` aborts.
 *
 * @param {string} key
 * @returns {Client}
 */
export function createClient(key) {
  /** @type {Client["open"]} */
  const open = async (path, headers, signal) => {
    // What no header can carry is no key; fetch would throw as if nobody had answered.
    if (!SENDABLE.test(key)) throw new ApiError("wrong_key");
    const answer = await fetch(path, {
      headers: { ...headers, "x-api-key": key },
      signal,
      cache: "no-store",
      credentials: "omit",
      redirect: "error",
      referrerPolicy: "no-referrer",
    });
    if (answer.status !== 200) throw new ApiError(failureOf(answer.status), retryAfterOf(answer));
    return answer;
  };
  return {
    open,
    async get(path, parameters = {}, signal) {
      const patience = AbortSignal.timeout(PATIENCE_MS);
      const until = signal === undefined ? patience : AbortSignal.any([signal, patience]);
      const answer = await open(addressOf(path, parameters), { accept: "application/json" }, until);
      return answer.json();
    },
  };
}

/** @param {Response} answer @returns {number} milliseconds; 0 when it names none (RFC 9110 §10.2.3, the form in seconds) */
function retryAfterOf({ headers }) {
  return (Number(headers.get("retry-after")) || 0) * 1_000;
}

/**
 * @param {string} path
 * @param {Parameters} parameters
 */
function addressOf(path, parameters) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    for (const item of [value ?? []].flat()) query.append(name, String(item));
  }
  return query.size === 0 ? path : `${path}?${query}`;
}
