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
 * which names ingest alone.
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
    if (event.type === "document.wiped") {
      const owner = idle !== undefined && namesIngestAlone(event) ? idle : (working ?? idle);
      if (owner === undefined) begin(event);
      else owner.events.push(event);
      if (owner === idle) idle = undefined;
      else working = undefined;
    } else if (isWithoutWork(event) && !(event.type === "document.duplicate" && isOnlyReceived(working))) {
      idle = begin(event);
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
  return rankOf(event) > before && !(before === RANK.extracted && event.data.stage === "extract");
}

const RANK = { received: 0, claimed: 1, extracted: 2, end: 3 };

/** @param {EventView} event */
function rankOf({ type }) {
  if (type === "document.received") return RANK.received;
  if (type === "document.claimed") return RANK.claimed;
  return type === "document.extracted" ? RANK.extracted : RANK.end;
}

/** @param {AttemptEvents} attempt */
function endOf({ events }) {
  return Math.max(...events.map(({ time }) => Date.parse(time)));
}
