import { ConfigError } from "@flowstate/runtime";
import { classifyDatabaseError } from "../database/database-error.ts";
import { type Command, complain } from "./command.ts";
import { forget } from "./forget.ts";
import { key } from "./key.ts";
import { rebuild } from "./rebuild.ts";
import { repair } from "./repair.ts";
import { retention } from "./retention.ts";
import { verify } from "./verify.ts";

/**
 * `npm run audit -- COMMAND`: works on audit's database while audit serves. Exit code 0 when the command has done what it
 * says, 78 when the configuration is not usable, otherwise 1, with why on standard error.
 */

const COMMANDS: Readonly<Record<string, Command>> = { rebuild, verify, repair, retention, forget, key };

/** sysexits.h EX_CONFIG, as the services end with. */
const EXIT_BAD_CONFIGURATION = 78;

const [name = "", ...args] = process.argv.slice(2);
const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
const accepted = command?.accepts(args) ?? false;
if (command === undefined || !accepted) {
  const usages = (command === undefined ? Object.values(COMMANDS) : [command]).map(({ usage }) => usage);
  process.stderr.write(`flowstate: usage: npm run audit -- ${usages.join(" | ")}\n`);
  process.exitCode = 1;
} else {
  try {
    process.exitCode = (await command.run(args, process.env)) ? 0 : 1;
  } catch (error) {
    const away = codeOfAway(error);
    if (error instanceof ConfigError) {
      complain(...error.problems);
      process.exitCode = EXIT_BAD_CONFIGURATION;
    } else if (away !== undefined) {
      complain(`not finished: the database or the broker is away, busy, or refuses this login (${away})`);
      process.exitCode = 1;
    } else throw error;
  }
}

/** What the system, PostgreSQL or the broker's client calls a fault after which the same command may succeed; undefined for others. */
function codeOfAway(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return undefined;
  return classifyDatabaseError(error) === "temporary" ? error.code : undefined;
}
