import { spawn } from "node:child_process";
import process from "node:process";

/** Enough of a failed command's output to find the reason, without keeping a long download log in memory. */
const OUTPUT_TAIL_CHARACTERS = 8_192;

/** Commands under way; none outlives the launcher. */
const running = new Set();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/**
 * Runs a command to its end, quietly. Never throws for a command that fails or does not exist: callers have an
 * alternative to try, or a sentence to say.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, timeoutMs?: number }} [options]
 * @returns {Promise<{ ok: boolean, output: string }>} standard output and error together, the last part of it
 */
export function run(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ["ignore", "pipe", "pipe"],
      timeout: options.timeoutMs,
      killSignal: "SIGKILL",
    });
    running.add(child);
    let output = "";
    const collect = (chunk) => {
      output = (output + chunk).slice(-OUTPUT_TAIL_CHARACTERS);
    };
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    const end = (ok) => {
      running.delete(child);
      resolve({ ok, output });
    };
    child.on("error", () => end(false));
    child.on("close", (code) => end(code === 0));
  });
}

/**
 * The npm client as a command: the one that started us, run by the Node that is first in PATH, else whatever `npm` is.
 *
 * @param {string} node path of the Node binary that runs npm
 * @returns {readonly [string, ...string[]]}
 */
export function npmCommand(node) {
  const cli = process.env["npm_execpath"];
  return cli?.endsWith(".js") ? [node, cli] : ["npm"];
}

/** The line of a failed command's output that says most: the last one that mentions an error, else the last one. */
export function reasonIn(output) {
  const lines = output.split("\n").map((line) => line.trim());
  const spoken = lines.filter((line) => line !== "" && !/complete log of this run|^npm (?:error|ERR!)$/.test(line));
  return spoken.findLast((line) => /error|err!|fatal|unable|cannot|^E:/i.test(line)) ?? spoken.at(-1) ?? "no output";
}
