import { eventSchema } from "@flowstate/contracts";
import type { StreamMessage } from "@flowstate/messaging";
import { type HashedEvent, hashEvent } from "../chain/committed-event.ts";
import { rowOfEvent } from "./event-row.ts";
import type { RejectedMessage } from "./store-events.ts";

/** What a message turned out to be: an event, or none. */
export type ReadMessage =
  | { readonly event: HashedEvent; readonly traceparent: string | undefined }
  | { readonly rejected: RejectedMessage };

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Tells an event from a message that is none, and does for it what can be done before its turn to be stored. */
export function readMessage({ data, sequence }: StreamMessage): ReadMessage {
  const event = eventSchema.safeParse(parseJson(data));
  if (!event.success) return { rejected: { sequence, code: "not_an_event" } };
  return { event: hashEvent(rowOfEvent(event.data, sequence)), traceparent: event.data.traceparent };
}

/** Undefined is no event either, so what is not JSON needs no case of its own. */
function parseJson(data: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(data));
  } catch {
    return undefined;
  }
}
