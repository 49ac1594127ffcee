import { AUDIT_CONSUMER, EVENTS_STREAM } from "@flowstate/contracts";
import type { EventsConnection } from "../connection.ts";

/**
 * How many events wait in the stream to be stored: those not handed out yet, and those handed out and not acknowledged.
 * Rejects while the broker is away or has no consumer.
 */
export async function countPendingEvents({ nats }: EventsConnection): Promise<number> {
  const consumer = await nats.jetstream({ checkAPI: false }).consumers.get(EVENTS_STREAM, AUDIT_CONSUMER);
  const { num_pending, num_ack_pending } = await consumer.info(true);
  return num_pending + num_ack_pending;
}
