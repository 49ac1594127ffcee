import { dayAndMinute, utcDayOf, zoneName } from "../format/time.js";
import { html, useState } from "../vendor/preact.js";
import { Plot } from "./plot.js";

/** @import { ComponentChildren } from "../vendor/preact.js" */
/** @import { Chart } from "./series.js" */

/**
 * A chart with its name, its legend that tells the values under the cursor, and the same as a table.
 *
 * @param {object} props
 * @param {string} props.title
 * @param {string} props.note
 * @param {Chart} props.chart
 * @param {string} props.bucket
 * @param {ComponentChildren} [props.children] what can be chosen
 */
export function ChartCard({ title, note, chart, bucket, children }) {
  const [index, setIndex] = useState(/** @type {number | null} */ (null));
  const formatTime = bucket === "day" ? utcDayOf : dayAndMinute;
  const time = index === null ? undefined : chart.times[index];
  return html`
    <section class="card chart-card" aria-label=${title}>
      <header class="chart-head">
        <div>
          <h2>${title}</h2>
          <p class="faint">${note}</p>
        </div>
        ${children}
      </header>
      <ul class="chart-legend">
        ${chart.series.map(({ word, colour, dash, values }) => {
          const value = index === null ? undefined : values[index];
          return html`
            <li>
              <i class="${dash === undefined ? "" : "dashed"}" style=${{ "--swatch": `var(${colour})` }}></i>${word}
              ${time !== undefined && html`<strong>${typeof value === "number" ? chart.format(value) : "–"}</strong>`}
            </li>
          `;
        })}
        <li class="chart-time">${time === undefined ? "" : formatTime(time * 1_000)}</li>
      </ul>
      <${Plot} title=${title} chart=${chart} isByDay=${bucket === "day"} follow=${setIndex} />
      <details>
        <summary>As a table</summary>
        <${ChartTable} title=${title} chart=${chart} bucket=${bucket} formatTime=${formatTime} />
      </details>
    </section>
  `;
}

/**
 * @param {object} props
 * @param {string} props.title
 * @param {Chart} props.chart
 * @param {string} props.bucket
 * @param {(time: number) => string} props.formatTime
 */
function ChartTable({ title, chart, bucket, formatTime }) {
  return html`
    <div class="table-scroll table-scroll-tall" tabindex="0" role="region" aria-label="${title}, as a table">
      <table class="plain">
        <thead>
          <tr>
            <th scope="col">${bucket === "day" ? "Day (UTC)" : `From (${zoneName()})`}</th>
            ${chart.series.map(({ word }) => html`<th scope="col" class="number">${word}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${chart.times.map(
            (time, at) => html`
              <tr>
                <th scope="row">${formatTime(time * 1_000)}</th>
                ${chart.series.map(({ values }) => {
                  const value = values[at];
                  return html`<td class="number">${typeof value === "number" ? chart.format(value) : "–"}</td>`;
                })}
              </tr>
            `,
          )}
        </tbody>
      </table>
    </div>
  `;
}
