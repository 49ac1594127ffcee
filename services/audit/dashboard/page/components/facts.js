import { count, counted, exactBytes } from "../format/quantity.js";
import { dayAndMinute, zoneName } from "../format/time.js";
import { html } from "../vendor/preact.js";

/** @import { DocumentRow } from "../api/types.js" */

const PROVIDERS = { "e-invoice": "the e-invoice data inside it", gemini: "Gemini" };

/**
 * What is known of the document, and what is not.
 *
 * @param {object} props
 * @param {DocumentRow} props.document
 * @param {string | null} props.traceTemplate an address with `{trace_id}` in it
 */
export function Facts({ document, traceTemplate }) {
  const { provider, model, input_tokens, output_tokens, page_count, size_bytes, trace_id } = document;
  const { validation_status, validation_issue_count, erp_http_status, deliver_attempts } = document;
  /** @type {readonly [string, unknown][]} */
  const facts = [
    ["Received", `${dayAndMinute(document.received_at)} (${zoneName()})`],
    ["From", document.sender_email ?? (document.source === "api" ? "an upload through the API" : null)],
    ["Tenant", document.tenant_id],
    ["Size", size_bytes === null ? null : exactBytes(size_bytes)],
    ["Pages", page_count],
    ["Read by", provider === null ? null : [PROVIDERS[provider], model].filter(Boolean).join(", ")],
    ["Tokens", input_tokens === null ? null : `${count(input_tokens)} in, ${count(output_tokens ?? 0)} out`],
    ["Validation", validation_status && `${validation_status}, ${counted(validation_issue_count ?? 0, "issue")}`],
    ["ERP answered", erp_http_status],
    ["Delivery", deliver_attempts === null ? null : counted(deliver_attempts, "attempt")],
    ["Mail", html`<code>${document.mail_id}</code>`],
    ["Trace", traceLink(trace_id ?? null, traceTemplate)],
  ];
  return html`
    <section class="card" aria-labelledby="facts-title">
      <h2 id="facts-title">What is known of it</h2>
      <dl class="facts">
        ${facts
          .filter(([, value]) => value !== null)
          .map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}
      </dl>
      <p class="facts-note">
        That is all. No byte of the document, no value read from it, no file name and no subject is kept.${" "}
        <a href="#/not-stored">What is not stored</a>
      </p>
    </section>
  `;
}

/**
 * @param {string | null} traceId
 * @param {string | null} template
 */
function traceLink(traceId, template) {
  if (traceId === null) return null;
  const address = template?.replaceAll("{trace_id}", traceId) ?? "";
  if (!/^https?:\/\//.test(address)) return html`<code>${traceId}</code>`;
  return html`<a href=${address} target="_blank" rel="noopener noreferrer">Open the trace</a>`;
}
