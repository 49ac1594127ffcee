import { flag, secret } from "@flowstate/runtime";
import { z } from "zod";

const PASSWORD_MIN_LENGTH = 16;

const brokerSettings = {
  NATS_URL: z.string("is required").min(1).describe("Broker addresses, separated by commas: nats://host:4222."),
};

/** Settings of every service. */
const serviceSettings = {
  ...brokerSettings,
  GHOST_STRICT: flag(false).describe("Refuse to start unless the process is hardened (docs/ghost-protocol.md)."),
};

/** Settings of every service that content passes through. */
export const documentsSettings = {
  ...serviceSettings,
  NATS_DOCUMENTS_PASSWORD: secret(PASSWORD_MIN_LENGTH).describe("Password of this service in the DOCUMENTS account."),
};

/** Settings of what administers JetStream: commands of an operator, never a service. */
export const adminSettings = {
  ...brokerSettings,
  NATS_ADMIN_PASSWORD: secret(PASSWORD_MIN_LENGTH).describe("Password of the identity admin in the EVENTS account."),
};

/** Settings of every service that publishes or consumes events. */
export const eventsSettings = {
  ...serviceSettings,
  NATS_EVENTS_PASSWORD: secret(PASSWORD_MIN_LENGTH).describe("Password of this service in the EVENTS account."),
};
