import { failureIn } from "../api/api-error.js";
import { useEffect, useReducer, useState } from "../vendor/preact.js";

/** @import { Failure } from "../api/api-error.js" */
/** @import { Client, Parameters } from "../api/client.js" */

/**
 * Asks one question, again whenever it changes and whenever `ask` is called. The last answer stays until the next one is
 * there, so that a page that is brought up to date does not blink.
 *
 * @template T
 * @param {Client} client
 * @param {string} path
 * @param {Parameters} [parameters]
 * @returns {{ answer: T | undefined, failure: Failure | undefined, ask: () => void }}
 */
export function useAnswer(client, path, parameters = {}) {
  const [answer, setAnswer] = useState(/** @type {T | undefined} */ (undefined));
  const [failure, setFailure] = useState(/** @type {Failure | undefined} */ (undefined));
  const [asked, ask] = useReducer((/** @type {number} */ n) => n + 1, 0);
  const question = JSON.stringify([path, parameters]);
  useEffect(() => setAnswer(undefined), [client, question]);
  useEffect(() => {
    const leaving = new AbortController();
    client.get(path, parameters, leaving.signal).then(
      (told) => {
        if (leaving.signal.aborted) return;
        setAnswer(/** @type {T} */ (told));
        setFailure(undefined);
      },
      (error) => leaving.signal.aborted || setFailure(failureIn(error)),
    );
    return () => leaving.abort();
  }, [client, question, asked]);
  return { answer, failure, ask: () => ask(0) };
}
