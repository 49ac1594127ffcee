import { failureIn } from "../api/api-error.js";
import { Wordmark } from "../components/wordmark.js";
import { html, useEffect, useRef, useState } from "../vendor/preact.js";

/** @import { Failure } from "../api/api-error.js" */

/** @type {Readonly<Record<Failure, string>>} */
const REFUSALS = {
  wrong_key: "No tenant has this key. Check that all of it was copied.",
  forbidden: "This key may submit documents, but not read what became of them. Ask for one with the scope read.",
  not_found: "This server has no audit API at this address.",
  refused: "This server does not understand the page. Reload it: one of the two is newer than the other.",
  busy: "Too many questions were asked with this key. Wait a minute and try again.",
  away: "The server does not answer. Your key was not judged; try again in a moment.",
};

const FAREWELLS = {
  refused: "The key is not accepted any more. Enter another one to go on.",
  left: "You have signed out, and the key is gone from this page.",
};

/**
 * Asks for the key.
 *
 * @param {object} props
 * @param {"refused" | "left" | undefined} props.farewell why the last session ended
 * @param {(key: string) => Promise<void>} props.signIn rejects when the key opens nothing
 */
export function SignIn({ farewell, signIn }) {
  const [failure, setFailure] = useState(/** @type {Failure | undefined} */ (undefined));
  const [asking, setAsking] = useState(false);
  const field = useRef(/** @type {HTMLInputElement | null} */ (null));
  useEffect(() => {
    document.title = "Sign in · Flowstate audit";
    field.current?.focus();
  }, []);

  /** @param {SubmitEvent} event */
  const submit = async (event) => {
    event.preventDefault();
    const key = field.current?.value.trim() ?? "";
    if (key === "" || asking) return field.current?.focus();
    setAsking(true);
    setFailure(undefined);
    try {
      await signIn(key);
    } catch (error) {
      setFailure(failureIn(error));
      setAsking(false);
      field.current?.select();
    }
  };

  return html`
    <main class="sign-in">
      <div class="sign-in-card">
        <${Wordmark} />
        <h1>What became of each document</h1>
        <p class="sign-in-lead">
          When it came, how long each stage took, where its bytes were, and when every copy was wiped.
        </p>
        <form onSubmit=${submit} novalidate>
          <label for="key">API key</label>
          <div class="sign-in-entry">
            <input
              id="key"
              ref=${field}
              type="password"
              autocomplete="off"
              autocapitalize="off"
              spellcheck="false"
              aria-describedby="key-note key-failure"
              aria-invalid=${failure === "wrong_key"}
              class="field"
            />
            <button type="submit" class="button button-main" aria-disabled=${asking}>
              ${asking ? "Opening…" : "Open"}
            </button>
          </div>
          <p id="key-failure" class="sign-in-failure" role="alert">
            ${failure === undefined ? farewell && FAREWELLS[farewell] : REFUSALS[failure]}
          </p>
        </form>
        <p id="key-note" class="sign-in-note">
          The key stays in this page’s memory: no cookie, no storage. That is why a reload asks for it again.
        </p>
      </div>
      <p class="sign-in-foot">Metadata only. No document, no extracted value, no file name is kept anywhere.</p>
    </main>
  `;
}
