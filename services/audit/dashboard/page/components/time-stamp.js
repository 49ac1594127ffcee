import { html } from "../vendor/preact.js";

/**
 * A time as the reader's clock tells it; the exact one, in UTC, is what the title says.
 *
 * @param {object} props
 * @param {string} props.time RFC 3339
 * @param {(time: string) => string} props.format
 */
export function TimeStamp({ time, format }) {
  return html`<time datetime=${time} title=${time}>${format(time)}</time>`;
}
