import { FINAL_EVENT_TYPES } from "@flowstate/contracts";
import { EventPublisher } from "@flowstate/messaging";

/** Loaded before services by the control only: each end is an event twice, under two ids. */
const FINAL: ReadonlySet<string> = new Set(FINAL_EVENT_TYPES);
const { publish } = EventPublisher.prototype;
EventPublisher.prototype.publish = async function (event) {
  await publish.call(this, event);
  if (FINAL.has(event.type)) await publish.call(this, { ...event, cause: "once more" });
};
