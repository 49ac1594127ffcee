import { z } from "zod";

/** What either end of the limits is told when it is started: whether it is to seal, and which broker is between the two. */
export const endEnvironmentSchema = z.discriminatedUnion("TRANSFER", [
  z.object({ TRANSFER: z.literal("plain"), NATS_URL: z.string() }),
  z.object({ TRANSFER: z.literal("sealed"), NATS_URL: z.string(), NATS_DOCUMENTS_PASSWORD: z.string() }),
]);
