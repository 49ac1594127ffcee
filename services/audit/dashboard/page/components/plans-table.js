import { html } from "../vendor/preact.js";

/** @import { TenantInfo } from "../api/types.js" */

/**
 * For how long what is known of each tenant's documents is kept.
 *
 * @param {object} props
 * @param {readonly TenantInfo[]} props.tenants
 */
export function PlansTable({ tenants }) {
  return html`
    <div class="table-scroll">
      <table class="plain">
        <thead><tr><th scope="col">Tenant</th><th scope="col">Plan</th><th scope="col">Events are kept for</th></tr></thead>
        <tbody>
          ${tenants.map(
            ({ id, plan, retention_days }) => html`
              <tr><th scope="row">${id}</th><td>${plan}</td><td>${retention_days} days</td></tr>
            `,
          )}
        </tbody>
      </table>
    </div>
  `;
}
