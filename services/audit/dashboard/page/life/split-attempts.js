/** @import { EventView } from "../api/types.js" */

/**
 * The events of one attempt.
 *
 * @typedef {object} AttemptEvents
 * @property {EventView[]} events oldest first, at least one
 * @property {boolean} isLost another attempt took its place before its receipt came: its process ended
 */

/**
 * The attempts at one document. They overlap: while one works, the sender may ask again and is answered without work, and
 * one whose process ended is followed by another. Events do not name their attempt, but what ingest does is known: only one
 * attempt works at a time, for it has the lease; one that found the document taken or finished tells this and its receipt,
 * which names ingest alone. An end that the broker did not keep is published again, behind the receipt or by a later attempt
 * that found the document finished: it belongs to the one that came to it.
 *
 * @param {readonly EventView[]} events oldest first
 * @returns {AttemptEvents[]} in the order in which they ended
 */
export function splitAttempts(events) {
  /** @type {AttemptEvents[]} */
  const attempts = [];
  /** @type {AttemptEvents | undefined} */
  let working;
  /** @type {AttemptEvents | undefined} */
  let idle;
  /** @param {EventView} event */
  const begin = (event) => {
    const attempt = { events: [event], isLost: false };
    attempts.push(attempt);
    return attempt;
  };
  for (const event of events) {
    const late = working === undefined || isOnlyReceived(working) ? attempts.findLast(isEndMissing) : undefined;
    if (event.type === "document.wiped") {
      const owner = idle !== undefined && namesIngestAlone(event) ? idle : (working ?? idle);
      if (owner === undefined) begin(event);
      else owner.events.push(event);
      if (owner === idle) idle = undefined;
      else working = undefined;
    } else if (isWithoutWork(event) && !(event.type === "document.duplicate" && isOnlyReceived(working))) {
      idle = begin(event);
    } else if (late !== undefined && isFinal(event)) {
      late.events.push(asOfItsReceipt(event, late));
    } else if (working === undefined) {
      working = begin(event);
    } else if (canFollow(working, event)) {
      working.events.push(event);
    } else {
      working.isLost = true;
      working = begin(event);
    }
  }
  return attempts.toSorted((a, b) => endOf(a) - endOf(b));
}

/** @param {EventView} event */
function isWithoutWork({ type, data }) {
  return type === "document.duplicate" || data.code === "claimed_elsewhere";
}

/** @param {EventView} receipt */
function namesIngestAlone({ data: { wiped_bytes = {} } }) {
  return wiped_bytes.extractor === undefined && wiped_bytes["erp-pusher"] === undefined;
}

/** @param {AttemptEvents} attempt */
function isEndMissing({ events }) {
  const types = events.map(({ type }) => type);
  const isWork = types.includes("document.claimed") || types.includes("document.extracted");
  return isWork && types.every((type) => type === "document.wiped" || RANK_OF.has(type));
}

/** @param {EventView} event */
function isFinal(event) {
  const { type } = event;
  return !RANK_OF.has(type) && type !== "document.wiped" && type !== "document.deferred" && !isWithoutWork(event);
}

/**
 * An event that was published again says when that was. What it tells had come to be before its attempt's receipt.
 *
 * @param {EventView} event
 * @param {AttemptEvents} attempt
 */
function asOfItsReceipt(event, { events }) {
  const receipt = events.find(({ type }) => type === "document.wiped");
  return receipt === undefined ? event : { ...event, time: receipt.time };
}

/** @param {AttemptEvents | undefined} attempt */
function isOnlyReceived(attempt) {
  return attempt?.events.every(({ type }) => type === "document.received") ?? false;
}

/**
 * Whether an event can be of the same attempt as those before it: received, claimed, extracted, an end, each once and in this
 * order.
 *
 * @param {AttemptEvents} attempt
 * @param {EventView} event
 */
function canFollow({ events }, event) {
  const before = Math.max(...events.map(rankOf));
  return rankOf(event) > before && !(before === EXTRACTED && event.data.stage === "extract");
}

/** Of what comes before an end. */
const RANK_OF = new Map([
  ["document.received", 0],
  ["document.claimed", 1],
  ["document.extracted", 2],
]);
const EXTRACTED = 2;
const END = 3;

/** @param {EventView} event */
function rankOf({ type }) {
  return RANK_OF.get(type) ?? END;
}

/** @param {AttemptEvents} attempt */
function endOf({ events }) {
  return Math.max(...events.map(({ time }) => Date.parse(time)));
}
