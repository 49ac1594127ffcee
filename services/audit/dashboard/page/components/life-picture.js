import { duration } from "../format/duration.js";
import { bytes, exactBytes } from "../format/quantity.js";
import { HOLDINGS, NO_RECEIPT, PLACES } from "../life/places.js";
import { ticksOf } from "../life/scale.js";
import { useMedia } from "../list/use-media.js";
import { html } from "../vendor/preact.js";

/** @import { Attempt, Bar, Place, Wipe } from "../life/tell-life.js" */

/** How many ticks fit. */
const TICKS_WIDE = 8;
const TICKS_NARROW = 4;
/** How wide a wipe's label is at most, percent of the picture. */
const LABEL_WIDE = 10;
const LABEL_NARROW = 26;
/** Beyond the last event there is room for what stays, and for how much was wiped last; parts of the time shown. */
const AFTERWARDS_WIDE = 0.13;
const AFTERWARDS_NARROW = 0.32;

/**
 * One attempt to scale: a lane for each place, a bar for as long as bytes can have been there, and a mark where they were
 * wiped. A screen reader is given the table instead.
 *
 * @param {object} props
 * @param {Attempt} props.attempt
 * @param {boolean} props.isCallers whether it was uploaded, so that no sender's queue keeps it
 * @param {"e-invoice" | "gemini" | null} props.provider
 */
export function LifePicture({ attempt, isCallers, provider }) {
  const isNarrow = useMedia("(max-width: 760px)");
  const spanMs = Math.max(attempt.to - attempt.from, 1);
  const scale = 100 / (spanMs * (1 + (isNarrow ? AFTERWARDS_NARROW : AFTERWARDS_WIDE)));
  /** @param {number} time */
  const x = (time) => (time - attempt.from) * scale;
  const labelWidth = isNarrow ? LABEL_NARROW : LABEL_WIDE;
  const ticks = ticksOf(spanMs, isNarrow ? TICKS_NARROW : TICKS_WIDE);
  return html`
    <div class="picture" aria-hidden="true">
      <div class="picture-axis">
        ${ticks.map((ms) => html`<span class="tick" style=${{ left: `${ms * scale}%` }}><b>${ms === 0 ? "0" : duration(ms)}</b></span>`)}
      </div>
      ${PLACES.map(({ place, word, note, third }) => {
        const bars = attempt.bars.filter((bar) => bar.place === place);
        const wipes = attempt.wipes.filter((wipe) => wipe.place === place);
        const name = place === "sender" && isCallers ? "Caller" : word;
        return html`
          <div class="lane ${third ? "lane-third" : ""} ${bars.length === 0 ? "lane-empty" : ""}">
            <span class="lane-name">${name} <small>${bars.length === 0 ? absence(place, attempt, provider) : note}</small></span>
            <span class="lane-track">
              ${ticks.map((ms) => html`<i class="grid" style=${{ left: `${ms * scale}%` }}></i>`)}
              ${bars.map((bar) => html`<${BarShape} bar=${bar} x=${x} />`)}
              ${wipes.map((wipe, at) => {
                const next = wipes[at + 1];
                const isTight = next !== undefined && x(next.at) - x(wipe.at) < labelWidth;
                return html`<${WipeMark} wipe=${wipe} left=${x(wipe.at)} isTight=${isTight} />`;
              })}
            </span>
          </div>
        `;
      })}
      <ul class="legend">
        <li><i class="bar-mail"></i>the mail, at the sender</li>
        <li><i class="bar-document"></i>the document</li>
        <li><i class="bar-extraction"></i>the extraction</li>
        <li><i class="legend-wipe"></i>wiped: every byte zeroed</li>
      </ul>
    </div>
  `;
}

/**
 * Why a lane is empty.
 *
 * @param {Place} place
 * @param {Attempt} attempt
 * @param {"e-invoice" | "gemini" | null} provider
 */
function absence(place, { unknown }, provider) {
  if (unknown.includes(place)) return "not known: no receipt came";
  if (place === "gemini" && provider === "e-invoice") return "not asked: the PDF holds its data";
  return place === "gemini" || place === "erp" ? "not asked" : "held nothing";
}

/**
 * @param {object} props
 * @param {Bar} props.bar
 * @param {(time: number) => number} props.x
 */
function BarShape({ bar, x }) {
  const left = x(bar.from);
  const right = bar.staysOpen ? 100 : x(bar.to);
  const kind = `${bar.isPossible ? "bar-possible" : ""} ${bar.opensEarlier ? "bar-earlier" : ""} ${bar.staysOpen ? "bar-later" : ""}`;
  const words = `${HOLDINGS[bar.holding]}${bar.isPossible ? ", if at all" : ""}, ${duration(bar.to - bar.from)}${bar.staysOpen ? " and on" : ""}`;
  return html`
    <span class="bar bar-${bar.holding} ${kind}" title=${words} style=${{ left: `${left}%`, width: `${right - left}%` }}></span>
  `;
}

/**
 * @param {object} props
 * @param {Wipe} props.wipe
 * @param {number} props.left percent
 * @param {boolean} props.isTight whether the next mark of the lane leaves no room for the label
 */
function WipeMark({ wipe, left, isTight }) {
  const words = wipe.bytes === null ? NO_RECEIPT : `${exactBytes(wipe.bytes)} zeroed`;
  return html`
    <span class="wipe ${isTight ? "wipe-tight" : ""} ${wipe.bytes === null ? "wipe-unknown" : ""}" title=${words} style=${{ left: `${left}%` }}>
      <b class="wipe-label">${wipe.bytes === null ? "no receipt" : bytes(wipe.bytes)}</b>
    </span>
  `;
}
