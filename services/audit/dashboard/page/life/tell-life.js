import { splitAttempts } from "./split-attempts.js";

/** @import { DocumentDetails, EventView, Service } from "../api/types.js" */
/** @import { AttemptEvents } from "./split-attempts.js" */

/**
 * Where a document's bytes were, from when to when, told from its events. An event has a time and, where it ends a stage,
 * how long the stage took; so a stage reached from (time − duration) to time. What happened within a stage is not told:
 * a bar is the longest that bytes can have been there.
 *
 * - ingest holds the document from the beginning of the stage `receive`, or from `document.received` where that does not
 *   say how long receiving took, until the extraction exists, which is when the stage `extract` ends; then the extraction,
 *   until the attempt ends.
 * - extractor and erp-pusher hold bytes within the stages `extract` and `deliver` only: their answer leaves when what they
 *   held is zero, so that the stage's end is the latest time of their wipe.
 * - the wipe receipt closes an attempt; an end that had to be published again behind it is told as of the receipt. It tells
 *   what each service zeroed in all. Of ingest's bytes the document's were zeroed when the extraction existed, the rest before
 *   the receipt was made.
 * - what a service held is certain where it said so: by its answer, or in the receipt. A stage that came to nothing without
 *   such a word leaves open whether the service had the bytes at all, and so whom it gave them to.
 * - the sender keeps the mail until it is answered, which comes after the receipt.
 */

/**
 * @typedef {"sender" | Service | "gemini" | "erp"} Place
 * @typedef {"mail" | "document" | "extraction"} Holding what the bytes are
 *
 * @typedef {object} Bar
 * @property {Place} place
 * @property {Holding} holding
 * @property {number} from milliseconds since 1970
 * @property {number} to the same; where the end is not known, the end of the attempt
 * @property {boolean} opensEarlier the bytes were there before the picture begins
 * @property {boolean} staysOpen the bytes are still there when the picture ends
 * @property {boolean} isPossible nobody said whether the bytes were there at all
 *
 * @typedef {object} Wipe
 * @property {Service} place
 * @property {number} at the latest time at which the bytes were zero, milliseconds since 1970
 * @property {number | null} bytes how many were zeroed; null when no receipt came: nothing was held, or the process ended and
 *   its memory with it
 *
 * @typedef {object} Attempt
 * @property {number} from milliseconds since 1970
 * @property {number} to
 * @property {string} end what the attempt has come to, `document.delivered` for one
 * @property {string | null} code
 * @property {boolean} isOver false while the receipt is missing
 * @property {boolean} isLost the receipt will not come: another attempt has begun since
 * @property {Place[]} unknown where nobody said whether bytes were there, beyond what bars show
 * @property {Bar[]} bars
 * @property {Wipe[]} wipes
 */

/** @param {string} time */
const at = (time) => Date.parse(time);

/**
 * @param {Pick<DocumentDetails, "events">} details oldest first
 * @returns {Attempt[]} oldest first; a redelivered document has several
 */
export function tellLife({ events }) {
  const size = events.find(({ type }) => type === "document.received")?.data.size_bytes;
  return splitAttempts(events).map((attempt) => tellAttempt(attempt, size));
}

/**
 * @param {AttemptEvents} attempt
 * @param {number | undefined} size of the document, bytes
 * @returns {Attempt}
 */
function tellAttempt({ events, isLost }, size) {
  const from = Math.min(...events.map(({ time, data }) => at(time) - (data.duration_ms ?? 0)));
  const to = Math.max(...events.map(({ time }) => at(time)));
  const receipt = events.find(({ type }) => type === "document.wiped");
  const end = events.findLast(({ type }) => type !== "document.wiped");
  const isOver = receipt !== undefined;
  const keepsMail = !isOver || end?.type === "document.deferred";
  const extract = stageOf(events, "extract");
  const deliver = stageOf(events, "deliver");
  const wiped = receipt?.data.wiped_bytes ?? {};
  const isExtractorSilent = extract?.succeeded === false && wiped.extractor === undefined;
  const isPusherSilent = deliver?.succeeded === false && wiped["erp-pusher"] === undefined;
  const isUnderWay = !isOver && !isLost;

  /** @type {Bar[]} */
  const bars = [
    { place: "sender", holding: "mail", from, to, opensEarlier: true, staysOpen: keepsMail, isPossible: false },
  ];
  const open = { opensEarlier: false, staysOpen: false, isPossible: false };
  const extracted = extract?.succeeded === true ? extract.to : undefined;
  bars.push({
    ...open,
    place: "ingest",
    holding: "document",
    from,
    to: extracted ?? to,
    staysOpen: isUnderWay && !extracted,
  });
  if (extracted !== undefined)
    bars.push({ ...open, place: "ingest", holding: "extraction", from: extracted, to, staysOpen: isUnderWay });
  if (extract !== undefined) {
    const { from, to } = extract;
    bars.push({ ...open, place: "extractor", holding: "document", from, to, isPossible: isExtractorSilent });
    if (extract.askedModel) bars.push({ ...open, place: "gemini", holding: "document", from, to });
  }
  if (deliver?.usedPusher === true) {
    const { from, to } = deliver;
    bars.push({ ...open, place: "erp-pusher", holding: "extraction", from, to, isPossible: isPusherSilent });
  }
  if (deliver?.askedErp === true) {
    const { from, to: stageEnd, succeeded } = deliver;
    bars.push({
      ...open,
      place: "erp",
      holding: "extraction",
      from,
      to: succeeded ? to : stageEnd,
      staysOpen: succeeded,
    });
  }
  const pushed = deliver?.usedPusher === true ? deliver.to : undefined;
  /** @type {Wipe[]} */
  const wipes = isLost ? [{ place: "ingest", at: to, bytes: null }] : [];
  if (receipt !== undefined)
    wipes.push(...wipesOf(receipt, { extracted, extract: extract?.to, deliver: pushed }, size));

  /** @type {Place[]} */
  const silent = isOver ? [] : ["erp-pusher", "erp"];
  if (!isOver && extracted === undefined) silent.push("extractor", "gemini");
  if (isExtractorSilent) silent.push("gemini");
  if (isPusherSilent) silent.push("erp");
  const unknown = silent.filter((place) => bars.every((bar) => bar.place !== place));
  const told = { end: end?.type ?? "document.wiped", code: end?.data.code ?? null, isOver, isLost, unknown };
  return { from, to, ...told, bars, wipes };
}

/**
 * @typedef {object} StageTold
 * @property {number} from
 * @property {number} to
 * @property {boolean} succeeded
 * @property {boolean} askedModel
 * @property {boolean} usedPusher false where the extraction was the answer to a caller, and no ERP was asked
 * @property {boolean} askedErp
 */

/**
 * @param {readonly EventView[]} events
 * @param {"extract" | "deliver"} stage
 * @returns {StageTold | undefined} undefined when the attempt did not come so far, or the stage took no time at all
 */
function stageOf(events, stage) {
  const success = stage === "extract" ? "document.extracted" : "document.delivered";
  const event = events.find(({ type, data }) => type === success || data.stage === stage);
  if (event === undefined) return undefined;
  const to = at(event.time);
  const { duration_ms = 0, provider, code = "", attempts = 0, erp_http_status } = event.data;
  const succeeded = event.type === success;
  return {
    from: to - duration_ms,
    to,
    succeeded,
    askedModel: provider === "gemini" || (!succeeded && code.startsWith("model_") && attempts > 0),
    usedPusher: !succeeded || erp_http_status !== undefined,
    askedErp: erp_http_status !== undefined || (!succeeded && attempts > 0),
  };
}

/**
 * @param {EventView} receipt
 * @param {Record<"extracted" | "extract" | "deliver", number | undefined>} ends of the stages; `extracted` only where the
 *   extraction exists
 * @param {number | undefined} size of the document, bytes
 * @returns {Wipe[]}
 */
function wipesOf(receipt, { extracted, extract, deliver }, size) {
  const wiped = receipt.data.wiped_bytes ?? {};
  /** @type {Wipe[]} */
  const wipes = [];
  const inAll = wiped.ingest ?? null;
  const isSplit = extracted !== undefined && size !== undefined && inAll !== null && inAll >= size;
  if (isSplit) wipes.push({ place: "ingest", at: extracted, bytes: size });
  wipes.push({ place: "ingest", at: at(receipt.time), bytes: isSplit ? inAll - size : inAll });
  if (extract !== undefined) wipes.push({ place: "extractor", at: extract, bytes: wiped.extractor ?? null });
  if (deliver !== undefined) wipes.push({ place: "erp-pusher", at: deliver, bytes: wiped["erp-pusher"] ?? null });
  return wipes;
}
