import { setImmediate as eventLoopTurn } from "node:timers/promises";
import { headers, type NatsConnection } from "nats";
import { z } from "zod";

/** A wildcard cannot be published; the server would treat it as a literal subject. */
const EVERYTHING = ">";
/** A message that says it is for this stream is stored by no other, and there is none of this name. */
const NO_STREAM = "FLOWSTATE_NOTHING";
/** To JetStream's API no request at all: it is answered with an error, and nothing is done. */
const NO_REQUEST = Buffer.from("{");

export interface SubjectsByRight {
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

/**
 * Those of the subjects that the server refuses to this connection, which is closed afterwards. Each is tried: published to
 * with a message that no stream stores and no API carries out, subscribed to for as long as it takes to ask.
 */
export async function refusedSubjects(nats: NatsConnection, asked: SubjectsByRight): Promise<SubjectsByRight> {
  const refused = { publish: new Set<string>(), subscribe: new Set<string>() };
  void (async () => {
    for await (const status of nats.status()) {
      const violation = violationSchema.safeParse(status);
      if (!violation.success) continue;
      const { operation, subject } = violation.data.permissionContext;
      refused[operation === "publish" ? "publish" : "subscribe"].add(subject);
    }
  })();
  const harmless = headers();
  harmless.set("Nats-Expected-Stream", NO_STREAM);
  for (const subject of asked.publish) {
    if (subject !== EVERYTHING) nats.publish(subject, NO_REQUEST, { headers: harmless });
  }
  for (const subject of asked.subscribe) nats.subscribe(subject, { callback: () => {} });
  // The server's refusals come before its answer to the flush; the turn lets the client hand them on.
  await nats.flush();
  await eventLoopTurn();
  await nats.close();
  return { publish: [...refused.publish], subscribe: [...refused.subscribe] };
}

const violationSchema = z.object({
  permissionContext: z.object({ operation: z.enum(["publish", "subscription"]), subject: z.string() }),
});
