import { duration } from "../format/duration.js";
import { exactBytes } from "../format/quantity.js";
import { preciseTime } from "../format/time.js";
import { HOLDINGS, NO_RECEIPT, PLACE_WORDS } from "../life/places.js";
import { html } from "../vendor/preact.js";

/** @import { Attempt, Bar, Wipe } from "../life/tell-life.js" */

/**
 * The picture as a table.
 *
 * @param {object} props
 * @param {Attempt} props.attempt
 * @param {boolean} props.isCallers
 */
export function LifeTable({ attempt, isCallers }) {
  return html`
    <div class="table-scroll" tabindex="0" role="region" aria-label="Where its bytes were, as a table">
      <table class="plain">
        <thead>
          <tr>
            <th scope="col">Where</th><th scope="col">What</th><th scope="col">From</th><th scope="col">Until</th>
            <th scope="col">At most</th><th scope="col">Wiped</th>
          </tr>
        </thead>
        <tbody>
          ${attempt.bars.map((bar) => {
            const wipe = attempt.wipes.find(({ place, at }) => place === bar.place && at === bar.to);
            return html`
              <tr>
                <th scope="row">${bar.place === "sender" && isCallers ? "Caller" : PLACE_WORDS[bar.place]}</th>
                <td>${HOLDINGS[bar.holding]}${bar.isPossible && ", if at all"}</td>
                <td>${bar.opensEarlier ? "before" : ""} ${preciseTime(bar.from)}</td>
                <td>${bar.staysOpen ? "and on" : preciseTime(bar.to)}</td>
                <td>${bar.staysOpen || bar.opensEarlier ? "–" : duration(bar.to - bar.from)}</td>
                <td>${wiped(bar, wipe)}</td>
              </tr>
            `;
          })}
        </tbody>
      </table>
    </div>
  `;
}

/**
 * @param {Bar} bar
 * @param {Wipe | undefined} wipe
 */
function wiped({ isPossible }, wipe) {
  if (wipe === undefined) return "–";
  if (wipe.bytes !== null) return `${exactBytes(wipe.bytes)} zeroed`;
  return isPossible ? NO_RECEIPT : `${NO_RECEIPT}: its memory went with its process`;
}
