// The door to everything: `npm start`, `npm test`, `npm run send`, `npm run eval`, `npm run prove`, `npm run crash`,
// `npm run faults`, `npm run bench`, `npm run fuzz`, `npm run erp`, `npm run audit`, `npm run map`, `npm run certs`, `npm run secrets`, `npm run broker`,
// `npm run doctor`, `npm run generate`, `npm run check`. It has no dependencies and runs on Node 18 or newer, because it is
// what brings Node 24, the packages, nats-server, PostgreSQL and, for the tests that drive a browser, Chromium.
import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { constants } from "node:os";
import { delimiter, join } from "node:path";
import process from "node:process";
import { ROOT, STATE_FOLDER } from "./bootstrap/cache.mjs";
import { bringChromium } from "./bootstrap/chromium.mjs";
import { installDependencies } from "./bootstrap/dependencies.mjs";
import { Failure } from "./bootstrap/failure.mjs";
import { tryLock } from "./bootstrap/lock.mjs";
import { bringNatsServer } from "./bootstrap/nats-server.mjs";
import { bringNode } from "./bootstrap/node.mjs";
import { bringPostgres } from "./bootstrap/postgres.mjs";
import { bringStrace } from "./bootstrap/strace.mjs";

const VITEST = join("node_modules", "vitest", "vitest.mjs");
/** Where the suites lie that need Chromium. */
const BROWSER_SUITES = join("services", "audit", "dashboard");
/** What CI checks before the tests, in the order of how fast each one fails. */
const STATIC_CHECKS = [
  ["format and lint", "biome", ["ci", "."]],
  ["types", "tsc", []],
  ["types of the dashboard's page", "tsc", ["-p", join("services", "audit", "dashboard", "page")]],
  ["unused code", "knip", []],
];

/** npm runs us through a shell, and some shells die of a signal without passing it on: their end is our signal, too. */
const STARTED_BY_NPM = process.env["npm_lifecycle_event"] !== undefined;
const PARENT = process.ppid;
const PARENT_CHECK_MS = 1_000;

const COMMANDS = {
  start,
  test,
  send: async (args) => runChild(await prepareNode(), [join("deploy", "local", "mail", "send.ts"), ...args]),
  eval: async (args) => runChild(await prepareNode(), [join("proofs", "eval", "main.ts"), ...args]),
  prove: async (args) => runChild(await prepareToTrace(), [join("proofs", "prove", "main.ts"), ...args]),
  crash: async (args) => runChild(await prepare(), [join("proofs", "crash", "main.ts"), ...args]),
  faults: async (args) => runChild(await prepare(), [join("proofs", "faults", "main.ts"), ...args]),
  fuzz: async (args) => runChild(await prepare(), [join("proofs", "fuzz", "main.ts"), ...args]),
  bench: async (args) => runChild(await prepare(), [join("bench", "main.ts"), ...args]),
  erp: async (args) => runChild(await prepareNode(), [join("deploy", "local", "erp-command.ts"), ...args]),
  audit: async (args) => runChild(await prepareNode(), [join("deploy", "local", "audit-command.ts"), ...args]),
  map: async (args) => runChild(await prepareNode(), [join("deploy", "map", "main.ts"), ...args]),
  broker: async (args) => runChild(await prepareNode(), [join("libs", "messaging", "commands", "broker.ts"), ...args]),
  doctor: async (args) => runChild(await prepareNode(), [join("deploy", "doctor", "main.ts"), ...args]),
  certs: async (args) => runChild(await prepareNode(), [join("deploy", "certificates", "main.ts"), ...args]),
  secrets: async (args) => runChild(await prepareNode(), [join("deploy", "secrets", "main.ts"), ...args]),
  generate: async (args) => runChild(await prepareNode(), [join("deploy", "generate", "main.ts"), ...args]),
  check,
  locate,
};

/** Starts the local stack and stays until it stops. The lock names us: ending this process ends the stack. */
async function start(args) {
  const held = tryLock(join(STATE_FOLDER, "start.lock"));
  if (!held.held) {
    throw new Failure(
      `a local stack of this clone already runs (pid ${held.pid}): use it, or stop it with kill ${held.pid}`,
    );
  }
  return runChild(await prepare(), [join("deploy", "local", "stack.ts"), ...args], ["ipc"]);
}

async function test(args) {
  const node = await prepare();
  if (mayDriveBrowser(args)) Object.assign(process.env, await browserForTests());
  return runChild(node, [VITEST, "run", ...args]);
}

/** Whether these arguments of Vitest leave in a suite that drives a browser. When in doubt, they do. */
function mayDriveBrowser(args) {
  if (args.length === 0 || args.some((arg) => arg.startsWith("-"))) return true;
  const suites = readdirSync(join(ROOT, BROWSER_SUITES)).map((name) => join(BROWSER_SUITES, name));
  return suites.some((suite) => args.some((filter) => suite.includes(filter)));
}

/** What the test run is told: where the browser is, or why there is none. */
async function browserForTests() {
  const chromium = await bringChromium();
  if ("path" in chromium) return { FLOWSTATE_CHROMIUM: chromium.path };
  process.stderr.write(`· the browser tests are skipped: ${chromium.missing}\n`);
  return { FLOWSTATE_CHROMIUM_MISSING: chromium.missing };
}

async function check() {
  await prepareNode();
  for (const [name, command, commandArgs] of STATIC_CHECKS) {
    process.stderr.write(`· ${name}\n`);
    const code = await runChild(join(ROOT, "node_modules", ".bin", command), commandArgs);
    if (code !== 0)
      throw new Failure(`${name}: \`npx ${[command, ...commandArgs].join(" ")}\` found the problems above`);
  }
  return 0;
}

/** Says where the servers are, for a test run that was not started from here. The packages must be installed. */
async function locate() {
  const servers = { FLOWSTATE_NATS_SERVER: await bringNatsServer(), FLOWSTATE_POSTGRES: await bringPostgres() };
  process.stdout.write(`${JSON.stringify({ ...servers, ...(await browserForTests()) })}\n`);
  return 0;
}

async function prepareNode() {
  const node = await bringNode();
  process.env["PATH"] = `${join(ROOT, "node_modules", ".bin")}${delimiter}${process.env["PATH"]}`;
  await installDependencies(node);
  return node;
}

async function prepare() {
  const node = await prepareNode();
  process.env["FLOWSTATE_NATS_SERVER"] = await bringNatsServer();
  process.env["FLOWSTATE_POSTGRES"] = await bringPostgres();
  return node;
}

/** For the proof, which looks closer where it can. */
async function prepareToTrace() {
  const node = await prepare();
  const strace = await bringStrace();
  if (strace !== undefined) process.env["FLOWSTATE_STRACE"] = strace;
  return node;
}

/** Interrupted while still preparing: whatever is under way ends with us (see the exit handlers of bootstrap). */
const exitOn = { SIGINT: () => process.exit(130), SIGTERM: () => process.exit(143) };
for (const [signal, exit] of Object.entries(exitOn)) process.on(signal, exit);

/**
 * Runs the command we were called for, in the clone's folder, and answers its exit code. Signals are handed on. With an
 * IPC channel the child learns when we are gone, however we went.
 */
function runChild(command, args, channels = []) {
  // Where the user stands, for paths on the command line; npm sets it, too.
  const env = { INIT_CWD: process.cwd(), ...process.env };
  const child = spawn(command, args, { cwd: ROOT, env, stdio: ["inherit", "inherit", "inherit", ...channels] });
  for (const [signal, exit] of Object.entries(exitOn)) {
    process.off(signal, exit);
    process.on(signal, () => child.kill(signal));
  }
  const watch = setInterval(() => {
    if (STARTED_BY_NPM && process.ppid !== PARENT) child.kill("SIGTERM");
  }, PARENT_CHECK_MS);
  return new Promise((resolve, reject) => {
    child.on("error", (error) =>
      reject(new Failure(`${command} cannot be run (${error.code}): remove node_modules and run again`)),
    );
    child.on("exit", (code, signal) => {
      clearInterval(watch);
      resolve(code ?? 128 + (constants.signals[signal] ?? 0));
    });
  });
}

const [name = "", ...args] = process.argv.slice(2);
try {
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined)
    throw new Failure(
      "usage: launch.mjs start [--no-sample] | test | send DOCUMENT.pdf | eval DIR | prove [--quick | --only WORDS] | crash [--runs N] | faults [--only NAMES] | fuzz [--runs N] | erp ping TENANT | audit COMMAND | map TENANT FILE.pdf | certs [FOLDER] | secrets [FOLDER] | broker provision|replay | doctor [PART[=FILE]]... | generate | check",
    );
  process.exitCode = await command(args);
} catch (error) {
  // What the file system refuses is the user's to mend; anything else unexpected is a bug and shows its stack.
  const refused = error.syscall !== undefined && error.path !== undefined;
  if (!(error instanceof Failure) && !refused) throw error;
  const remedy = refused ? ": check permissions and free space there, then run again" : "";
  process.stderr.write(`flowstate: ${error.message}${remedy}\n`);
  process.exitCode = 1;
}
