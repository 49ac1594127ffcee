import { dayOf, minuteOf, utcDayOf } from "../format/time.js";
import uPlot from "../vendor/uplot.js";

/** @import { Chart } from "./series.js" */

const BAR_WIDTH = 0.72;
const MAX_BAR_PX = 44;
const TYPEFACE = "12px Inter, system-ui, sans-serif";
/** Room for a label such as `1.24 s`. */
const AXIS_PX = 58;
const TIME_AXIS_PX = 32;
const TIME_AXIS_GAP_PX = 9;
const HOUR_S = 3_600;
const DAY_S = 24 * HOUR_S;
const POINT_PX = 6;

/**
 * The values as uPlot draws them: bars stand on one another, so each is drawn as high as all below it together, the
 * highest first.
 *
 * @param {Chart} chart
 * @returns {uPlot.AlignedData}
 */
export function stacked({ times, series, shape }) {
  const columns = series.map(({ values }) => [...values]);
  if (shape === "bars") {
    for (const [at, column] of columns.entries()) {
      const below = columns[at - 1];
      if (below !== undefined) columns[at] = column.map((value, index) => (value ?? 0) + (below[index] ?? 0));
    }
    columns.reverse();
  }
  return [[...times], ...columns];
}

/**
 * @param {Chart} chart
 * @param {{ width: number, height: number, style: CSSStyleDeclaration, isByDay: boolean }} place the style holds the colours
 * @returns {uPlot.Options}
 */
export function plotOptions(chart, { width, height, style, isByDay }) {
  /** @param {string} name */
  const colour = (name) => style.getPropertyValue(name).trim();
  const bars = uPlot.paths.bars?.({ size: [BAR_WIDTH, MAX_BAR_PX], radius: 0 });
  const lines = uPlot.paths.linear?.();
  const isBars = chart.shape === "bars";
  const drawn = isBars ? chart.series.toReversed() : chart.series;
  const axis = { stroke: colour("--ink-3"), font: TYPEFACE, ticks: { show: false } };
  const grid = { stroke: colour("--line"), width: 1 };
  return {
    width,
    height,
    ...(isByDay && { tzDate: utcDate }),
    legend: { show: false },
    padding: [10, 22, 0, 0],
    cursor: { y: false, drag: { setScale: false, x: false, y: false }, points: { show: !isBars } },
    scales: {
      x: { time: true, range: (plot, min, max) => widened(plot.data[0], min, max, isByDay ? DAY_S : HOUR_S) },
      y: { range: (_plot, _min, max) => [chart.range?.[0] ?? 0, chart.range?.[1] ?? Math.max(max, 1) * 1.06] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: TIME_AXIS_PX,
        gap: TIME_AXIS_GAP_PX,
        space: 76,
        values: (_plot, splits) => splits.map(isByDay ? utcDayLabel : timeLabel),
      },
      {
        ...axis,
        grid,
        size: AXIS_PX,
        space: 36,
        values: (_plot, splits) => splits.map((value) => chart.format(value)),
      },
    ],
    series: [
      {},
      ...drawn.map(({ word, colour: name, dash }) => ({
        label: word,
        stroke: colour(name),
        width: isBars ? 0 : 2,
        ...(isBars && { fill: colour(name) }),
        ...(dash !== undefined && { dash: [...dash] }),
        ...(isBars ? bars && { paths: bars } : lines && { paths: lines }),
        points: isBars ? { show: false } : { show: true, size: POINT_PX, filter: alone },
        spanGaps: false,
      })),
    ],
  };
}

/**
 * The values that no line leads to or from: without a point they would not be seen.
 *
 * @param {uPlot} plot
 * @param {number} index of the series
 */
function alone(plot, index) {
  const values = plot.data[index] ?? [];
  const isNothing = (/** @type {number} */ at) => typeof values[at] !== "number";
  return Array.from(values, (_, at) => at).filter((at) => !isNothing(at) && isNothing(at - 1) && isNothing(at + 1));
}

/** @param {number} time seconds since 1970 */
function utcDate(time) {
  return uPlot.tzDate(new Date(time * 1_000), "Etc/UTC");
}

/** @param {number} time seconds since 1970 */
function utcDayLabel(time) {
  return utcDayOf(time * 1_000);
}

/**
 * The hour, and at midnight the day; the day alone where hours are not told.
 *
 * @param {number} time seconds since 1970
 * @param {number} _index
 * @param {readonly number[]} times
 */
function timeLabel(time, _index, times) {
  const ms = time * 1_000;
  const stepS = (times[1] ?? time) - (times[0] ?? time);
  return stepS >= DAY_S || new Date(ms).getHours() + new Date(ms).getMinutes() === 0 ? dayOf(ms) : minuteOf(ms);
}

/**
 * Half a bucket more on either side, so that the first and the last one are whole, and a single one stands in the middle.
 *
 * @param {ArrayLike<number>} times of the buckets
 * @param {number} min
 * @param {number} max
 * @param {number} bucketS what a bucket lasts, seconds
 * @returns {[number, number]}
 */
function widened(times, min, max, bucketS) {
  const half = (times.length > 1 ? (max - min) / (times.length - 1) : bucketS) / 2;
  return [min - half, max + half];
}
