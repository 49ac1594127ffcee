import { useMedia } from "../list/use-media.js";
import { html, useEffect, useRef } from "../vendor/preact.js";
import uPlot from "../vendor/uplot.js";
import { plotOptions, stacked } from "./plot-options.js";

/** @import { Chart } from "./series.js" */

const HEIGHT = 200;

/**
 * The chart itself. It takes the focus, and arrow keys move along it; what stands there is told by `follow`, and to a
 * screen reader by the table.
 *
 * @param {object} props
 * @param {string} props.title
 * @param {Chart} props.chart
 * @param {boolean} props.isByDay whether the buckets are days, which are those of UTC
 * @param {(index: number | null) => void} props.follow called with the bucket under the cursor
 */
export function Plot({ title, chart, isByDay, follow }) {
  const place = useRef(/** @type {HTMLDivElement | null} */ (null));
  const plot = useRef(/** @type {uPlot | null} */ (null));
  const isDark = useMedia("(prefers-color-scheme: dark)");
  // The values may change with every event, the drawing only with what is drawn.
  const drawing = `${chart.series.map(({ word }) => word)} ${chart.shape} ${isByDay} ${isDark}`;

  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const options = plotOptions(chart, {
      width: element.clientWidth,
      height: HEIGHT,
      style: getComputedStyle(element),
      isByDay,
    });
    options.hooks = { setCursor: [({ cursor }) => follow(cursor.idx ?? null)] };
    const drawn = new uPlot(options, stacked(chart), element);
    plot.current = drawn;
    const observer = new ResizeObserver(() => drawn.setSize({ width: element.clientWidth, height: HEIGHT }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      drawn.destroy();
      follow(null);
    };
  }, [drawing]);
  useEffect(() => plot.current?.setData(stacked(chart)), [chart.times, chart.series]);

  /** @param {KeyboardEvent} event */
  const move = (event) => {
    const last = chart.times.length - 1;
    const now = plot.current?.cursor.idx ?? last;
    /** @type {Readonly<Record<string, number>>} */
    const targets = { ArrowLeft: now - 1, ArrowRight: now + 1, Home: 0, End: last };
    const target = targets[event.key];
    if (target === undefined || plot.current === null) return;
    event.preventDefault();
    const index = Math.max(0, Math.min(target, last));
    plot.current.setCursor({ left: plot.current.valToPos(chart.times[index] ?? 0, "x"), top: 0 });
  };

  return html`
    <div
      class="plot"
      ref=${place}
      tabindex="0"
      role="application"
      aria-roledescription="chart"
      aria-label="${title}. Arrow keys move along it; the table below says the same."
      onKeyDown=${move}
    ></div>
  `;
}
