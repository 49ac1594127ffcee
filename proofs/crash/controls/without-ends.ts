import { FINAL_EVENT_TYPES } from "@flowstate/contracts";
import { EventPublisher } from "@flowstate/messaging";

/** Loaded before services by the control only: no end becomes an event. */
const FINAL: ReadonlySet<string> = new Set(FINAL_EVENT_TYPES);
const { publish } = EventPublisher.prototype;
EventPublisher.prototype.publish = async function (event) {
  if (!FINAL.has(event.type)) await publish.call(this, event);
};
