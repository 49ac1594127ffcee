import { html } from "../vendor/preact.js";

/** The product's name with its sign: lines of a document that become dots. */
export function Wordmark() {
  return html`
    <span class="wordmark">
      <svg viewBox="0 0 32 32" width="26" height="26" aria-hidden="true">
        <rect class="wordmark-tile" width="32" height="32" rx="8" />
        <path class="wordmark-line" d="M8 10h16M8 16h11" />
        <circle class="wordmark-dot" cx="10" cy="22.5" r="2.5" />
        <path class="wordmark-line wordmark-dots" d="M16 22.5h8" />
      </svg>
      <span class="wordmark-name">Flowstate <span class="wordmark-part">audit</span></span>
    </span>
  `;
}
