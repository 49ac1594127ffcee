import { bytes, counted } from "../format/quantity.js";
import { clockTime, dayOf } from "../format/time.js";
import { Component, html } from "../vendor/preact.js";
import { documentAddress } from "../views/route.js";
import { CODE_MEANINGS } from "../vocabulary/codes.js";
import { StageBar } from "./stage-bar.js";
import { StatusMark } from "./status-mark.js";
import { TimeStamp } from "./time-stamp.js";

/** @import { DocumentRow as Row } from "../api/types.js" */

/**
 * One document in the list. The whole row is its link.
 *
 * @typedef {object} Props
 * @property {Row} document
 * @property {number} index in the list, from 0
 * @property {number} top where the row stands, pixels
 * @property {boolean} showsTenant
 * @property {boolean} isNew whether it has come while the reader watched
 */

/** @extends {Component<Props>} */
export class DocumentRow extends Component {
  /**
   * While the list is scrolled, most rows are as they were.
   *
   * @override
   * @param {Props} next
   */
  shouldComponentUpdate(next) {
    const { document, top, showsTenant } = this.props;
    return document !== next.document || top !== next.top || showsTenant !== next.showsTenant;
  }

  /** @override */
  render() {
    return drawRow(this.props);
  }
}

/** @param {Props} props */
function drawRow({ document, index, top, showsTenant, isNew }) {
  const { document_id: id, status, code, received_at, sender_email, source, size_bytes, page_count } = document;
  return html`
    <div
      class="row ${isNew ? "row-new" : ""}"
      role="row"
      aria-rowindex=${index + 2}
      style=${{ transform: `translateY(${top}px)` }}
    >
      <span role="cell" class="cell-status">
        <a href=${documentAddress(id)} data-index=${index} aria-label="${status}, document ${id}">
          <${StatusMark} status=${status} />
        </a>
        ${code !== null && html`<span class="cell-code" title=${CODE_MEANINGS[code]}>${code}</span>`}
      </span>
      <span role="cell" class="cell-time">
        <${TimeStamp} time=${received_at} format=${clockTime} />
        <span class="faint">${dayOf(received_at)}</span>
      </span>
      <span role="cell" class="cell-sender">
        ${sender_email ?? html`<span class="faint">${source === "api" ? "uploaded through the API" : "sender not stated"}</span>`}
        ${showsTenant && html`<span class="cell-tenant">${document.tenant_id}</span>`}
      </span>
      <span role="cell" class="cell-size">
        ${size_bytes === null ? "–" : bytes(size_bytes)}
        ${page_count !== null && html`<span class="faint">${counted(page_count, "page")}</span>`}
      </span>
      <span role="cell" class="cell-stages"><${StageBar} document=${document} /></span>
      <span role="cell" class="cell-wiped">
        ${
          document.wiped_at === null
            ? html`<span class="faint">no receipt yet</span>`
            : html`<span class="wiped"><span class="wiped-sign" aria-hidden="true"></span>wiped</span>`
        }
      </span>
    </div>
  `;
}
