import { count } from "../../format/quantity.js";
import { dayAndMinute } from "../../format/time.js";
import { html } from "../../vendor/preact.js";
import { FactList } from "./fact-list.js";

/** @import { Recording } from "../../api/types.js" */

/** More than this is no batch that is just being stored. */
const PENDING_IS_LATE = 1_000;

/**
 * How far recording is behind.
 *
 * @param {object} props
 * @param {Recording} props.recording
 */
export function RecordingCard({ recording }) {
  const { position, pending_events: pending, last_recorded_at: last, rejected_messages: rejected } = recording;
  return html`
    <${FactList}
      title="Recording"
      note=${noteOn(pending)}
      facts=${[
        ["Wait in the stream", pending === null ? "not known" : count(pending)],
        ["Last recorded", last === null ? "never" : dayAndMinute(last)],
        ["Recorded in all", count(position)],
        ["Set aside", count(rejected)],
      ]}
    />
  `;
}

/** @param {number | null} pending */
function noteOn(pending) {
  if (pending === null) return "The broker does not tell how many events wait.";
  if (pending > PENDING_IS_LATE) return "Recording is behind. Nothing is lost: events wait in the stream.";
  return "Events are recorded as they come.";
}
