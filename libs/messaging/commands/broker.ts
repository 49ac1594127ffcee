import { ConfigError, readConfig, retentionOf, streamAgeDays } from "@flowstate/runtime";
import { NatsError } from "nats";
import { DocumentsOverheardError } from "../events/forbid-overlap.ts";
import { type ProvisionOptions, provisionEvents, replayEvents } from "../events/provision-events.ts";
import { brokerLogin } from "../settings.ts";
import { provisionConfig } from "./provision-config.ts";

/**
 * `npm run broker -- provision`: makes the stream of events, its consumer and the ledger's buckets on the broker that the
 * environment names, or brings them up to date. Before the services start; again after every upgrade, and whenever a plan's
 * retention changes. `npm run broker -- replay`: besides, has audit read everything again that the stream still keeps
 * (docs/operations/backup.md). Exit code 0: done; 1: not done; 78: the configuration is not usable.
 */

const USAGE = "usage: npm run broker -- provision | replay";
/** sysexits.h EX_CONFIG. */
const EXIT_BAD_CONFIGURATION = 78;

function complain(...lines: readonly string[]): void {
  for (const line of lines) process.stderr.write(`flowstate: ${line}\n`);
}

interface Command {
  run(options: ProvisionOptions): Promise<void>;
  /** Said afterwards. */
  readonly done: string;
}

const COMMANDS: ReadonlyMap<string, Command> = new Map([
  ["provision", { run: provisionEvents, done: "The stream of events and the ledger's buckets are as they should be." }],
  ["replay", { run: replayEvents, done: "Audit reads the stream from its beginning when it starts." }],
]);

async function run(command: Command): Promise<void> {
  const config = readConfig(provisionConfig.schema, provisionConfig.variables, process.env);
  await command.run({
    ...brokerLogin(config, "ADMIN"),
    eventsAgeDays: streamAgeDays(retentionOf(config)),
    replicas: config.NATS_REPLICAS,
  });
  process.stdout.write(`${command.done}\n`);
}

try {
  const command = COMMANDS.get(process.argv.slice(2).join(" "));
  if (command !== undefined) await run(command);
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
