import { inboxPrefix } from "@flowstate/contracts";
import type { NatsServer } from "@flowstate/local/servers/nats-server.ts";
import { connect } from "nats";

const ANSWER_LIMIT_MS = 2_000;

/** Whether JetStream answers an operator who asks the broker itself, and says that it is there. */
export async function answersForJetStream({ url, passwords }: NatsServer): Promise<boolean> {
  const nats = await connect({
    servers: url,
    user: "admin",
    pass: passwords.admin,
    inboxPrefix: inboxPrefix("admin"),
    reconnect: false,
  });
  try {
    await nats.jetstreamManager({ timeout: ANSWER_LIMIT_MS });
    return true;
  } catch {
    return false;
  } finally {
    await nats.close();
  }
}
