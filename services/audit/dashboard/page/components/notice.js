import { html } from "../vendor/preact.js";

/** @import { ComponentChildren } from "../vendor/preact.js" */

/**
 * What stands where data would: nothing yet, nothing found, nothing to be had.
 *
 * @param {object} props
 * @param {string} props.title
 * @param {ComponentChildren} [props.children]
 * @param {{ word: string, act: () => void }} [props.action]
 */
export function Notice({ title, children, action }) {
  return html`
    <div class="notice">
      <svg class="notice-sign" viewBox="0 0 48 48" width="48" height="48" aria-hidden="true">
        <rect class="notice-line" x="10" y="6" width="28" height="36" rx="4" />
        <path class="notice-line notice-dots" d="M17 17h14M17 24h14M17 31h8" />
      </svg>
      <p class="notice-title">${title}</p>
      <p class="notice-text">${children}</p>
      ${action && html`<button type="button" class="button" onClick=${action.act}>${action.word}</button>`}
    </div>
  `;
}
