import { duration } from "../format/duration.js";
import { count, rate } from "../format/quantity.js";

/** @import { Stage, StatisticsBucket, Status } from "../api/types.js" */

/**
 * What a chart draws and its table says.
 *
 * @typedef {object} Chart
 * @property {readonly number[]} times of the buckets, seconds since 1970
 * @property {readonly Series[]} series
 * @property {"bars" | "lines"} shape bars stand on one another
 * @property {(value: number) => string} format a value for the reader
 * @property {readonly [number, number]} [range] of the values, where it is not theirs
 *
 * @typedef {object} Series
 * @property {string} word
 * @property {string} colour name of a custom property of CSS
 * @property {readonly number[]} [dash] so that lines differ not in colour alone
 * @property {readonly (number | null)[]} values null where there was nothing to measure
 */

/** @type {readonly { word: string, colour: string, statuses: readonly Status[] }[]} */
const OUTCOMES = [
  { word: "Delivered", colour: "--chart-good", statuses: ["delivered"] },
  { word: "On their way", colour: "--chart-moving", statuses: ["received", "extracted"] },
  { word: "Held by the sender", colour: "--chart-held", statuses: ["deferred"] },
  {
    word: "Refused, invalid or undeliverable",
    colour: "--chart-bad",
    statuses: ["refused", "invalid", "undeliverable"],
  },
  { word: "Duplicate", colour: "--chart-quiet", statuses: ["duplicate"] },
];

/** @param {readonly StatisticsBucket[]} buckets */
function timesOf(buckets) {
  return buckets.map(({ from }) => Date.parse(from) / 1_000);
}

/**
 * @param {readonly StatisticsBucket[]} buckets
 * @returns {Chart}
 */
export function throughputSeries(buckets) {
  const series = OUTCOMES.map(({ word, colour, statuses }) => ({
    word,
    colour,
    values: buckets.map(({ by_status }) => statuses.reduce((sum, status) => sum + (by_status[status] ?? 0), 0)),
  }));
  return { times: timesOf(buckets), series, shape: "bars", format: count };
}

/**
 * @param {readonly StatisticsBucket[]} buckets
 * @returns {Chart}
 */
export function rateSeries(buckets) {
  const series = [
    { word: "Delivered", colour: "--chart-good", values: buckets.map(({ success_rate }) => success_rate) },
  ];
  return { times: timesOf(buckets), series, shape: "lines", format: rate, range: [floorOf(series), 1] };
}

/**
 * Rates live close to one another at the top: the axis begins at the tenth below the lowest.
 *
 * @param {readonly Series[]} series
 */
function floorOf(series) {
  const lowest = Math.min(1, ...series.flatMap(({ values }) => values.filter((value) => value !== null)));
  return Math.max(0, Math.ceil(lowest * 10 - 1) / 10);
}

/**
 * @param {readonly StatisticsBucket[]} buckets
 * @param {Stage} stage
 * @returns {Chart}
 */
export function stageSeries(buckets, stage) {
  /** @param {"p50_ms" | "p95_ms" | "p99_ms"} field */
  const of = (field) => buckets.map(({ stages }) => stages[stage]?.[field] ?? null);
  const series = [
    { word: "p50", colour: "--chart-first", values: of("p50_ms") },
    { word: "p95", colour: "--chart-second", dash: [6, 4], values: of("p95_ms") },
    { word: "p99", colour: "--chart-third", dash: [2, 3], values: of("p99_ms") },
  ];
  return { times: timesOf(buckets), series, shape: "lines", format: duration };
}
