import { ALSO_WITH_PROBLEMS, retentionSettings, serviceSettings, wholeNumber } from "@flowstate/runtime";
import { z } from "zod";
import { adminSettings, refusePlainBroker } from "../settings.ts";

const DEFAULT_REPLICAS = 3;

const shape = {
  FLOWSTATE_LOCAL: serviceSettings.FLOWSTATE_LOCAL,
  ...adminSettings,
  ...retentionSettings,
  NATS_REPLICAS: wholeNumber({ min: 1, max: 5, fallback: DEFAULT_REPLICAS }).describe(
    "Copies of each stream, on as many nodes: three survive the loss of one.",
  ),
};
const schema = z
  .object(shape)
  .superRefine((config, context) => refusePlainBroker(config, ["ADMIN"], context), ALSO_WITH_PROBLEMS);

/** What `npm run broker -- provision` is told. */
export const provisionConfig = { schema, variables: Object.keys(shape) };
export type ProvisionConfig = z.output<typeof schema>;
