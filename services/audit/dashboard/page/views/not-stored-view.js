import { PlansTable } from "../components/plans-table.js";
import { html, useEffect } from "../vendor/preact.js";

/** @import { Session } from "../api/types.js" */

const KEPT = [
  ["Who", "tenant, the sender’s address from the SMTP envelope, or that it came through the API"],
  ["Which", "ids of mail, document and trace; ids are made with a secret and cannot be reversed"],
  ["When", "the time of each event, how long each stage took, how many attempts it needed"],
  ["How much", "size in bytes, pages, the model’s tokens, bytes wiped by each service"],
  ["What became of it", "status, code, stage, validation result as a count, HTTP status of the ERP"],
  ["Read by", "the e-invoice data inside, or the name of the model"],
];

const NEVER_KEPT = [
  ["The document", "no byte of a PDF, on no disk, in no queue, stream, database, log or backup"],
  ["What was read from it", "no amount, number, name, address, bank account or line"],
  ["The mail around it", "no subject, text, file name, message id or recipient"],
  ["What others answered", "no body or error text of the ERP, the model or the sender"],
  ["Your key", "this page has no cookie and no storage; a reload forgets it"],
];

/**
 * What is kept, and what there is no place for.
 *
 * @param {object} props
 * @param {Session} props.session
 */
export function NotStoredView({ session }) {
  useEffect(() => {
    document.title = "Not stored · Flowstate audit";
    scrollTo({ top: 0 });
  }, []);
  const plans = session.tenants.filter(({ retention_days }) => retention_days !== undefined);
  return html`
    <article class="prose">
      <h1>What is not stored</h1>
      <p class="lead">
        A document passes through memory and is wiped there. What you see on these pages is all that remains of it. There is
        no field, anywhere, that anything else could stand in.
      </p>
      <div class="columns">
        <section aria-labelledby="never">
          <h2 id="never">Never kept</h2>
          <dl class="ledger ledger-never">
            ${NEVER_KEPT.map(([name, text]) => html`<div><dt>${name}</dt><dd>${text}</dd></div>`)}
          </dl>
        </section>
        <section aria-labelledby="kept">
          <h2 id="kept">Kept, until the plan forgets it</h2>
          <dl class="ledger">
            ${KEPT.map(([name, text]) => html`<div><dt>${name}</dt><dd>${text}</dd></div>`)}
          </dl>
        </section>
      </div>
      ${
        plans.length > 0 &&
        html`
        <section aria-labelledby="retention">
          <h2 id="retention">For how long</h2>
          <${PlansTable} tenants=${plans} />
        </section>
      `
      }
    </article>
  `;
}
