import { html } from "../../vendor/preact.js";

/** @import { ComponentChildren } from "../../vendor/preact.js" */

/**
 * A card of facts, each a name and a value.
 *
 * @param {object} props
 * @param {string} props.title
 * @param {string} props.note what the facts mean together
 * @param {readonly (readonly [string, ComponentChildren])[]} props.facts
 * @param {ComponentChildren} [props.children]
 */
export function FactList({ title, note, facts, children }) {
  return html`
    <section class="card" aria-label=${title}>
      <h2>${title}</h2>
      <p class="health-note">${note}</p>
      <dl class="facts">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
      ${children}
    </section>
  `;
}
