import {
  ALSO_WITH_PROBLEMS,
  ConfigError,
  readConfig,
  retentionOf,
  retentionSettings,
  serviceSettings,
  streamAgeDays,
  wholeNumber,
} from "@flowstate/runtime";
import { NatsError } from "nats";
import { z } from "zod";
import { DocumentsOverheardError } from "../events/forbid-overlap.ts";
import { provisionEvents } from "../events/provision-events.ts";
import { adminSettings, brokerLogin, refusePlainBroker } from "../settings.ts";

/**
 * `npm run broker -- provision`: makes the stream of events, its consumer and the ledger's buckets on the broker that the
 * environment names, or brings them up to date. Before the services start; again after every upgrade, and whenever a plan's
 * retention changes. Exit code 0: done; 1: not done; 78: the configuration is not usable.
 */

const USAGE = "usage: npm run broker -- provision";
/** sysexits.h EX_CONFIG. */
const EXIT_BAD_CONFIGURATION = 78;
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

function complain(...lines: readonly string[]): void {
  for (const line of lines) process.stderr.write(`flowstate: ${line}\n`);
}

async function provision(): Promise<void> {
  const config = readConfig(schema, Object.keys(shape), process.env);
  await provisionEvents({
    ...brokerLogin(config, "ADMIN"),
    eventsAgeDays: streamAgeDays(retentionOf(config)),
    replicas: config.NATS_REPLICAS,
  });
  process.stdout.write("The stream of events and the ledger's buckets are as they should be.\n");
}

try {
  if (process.argv.slice(2).join(" ") === "provision") await provision();
  else {
    complain(USAGE);
    process.exitCode = 1;
  }
} catch (error) {
  if (error instanceof ConfigError) {
    complain(...error.problems);
    process.exitCode = EXIT_BAD_CONFIGURATION;
  } else if (error instanceof NatsError || error instanceof DocumentsOverheardError) {
    complain(`the broker refused: ${error.message}`);
    process.exitCode = 1;
  } else throw error;
}
