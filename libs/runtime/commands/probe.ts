import { request as askPlain } from "node:http";
import { request as askEncrypted } from "node:https";

/**
 * `node libs/runtime/commands/probe.ts PORT`: asks the service in this container whether it is ready, for container engines
 * that can only run a command. Whether it listens with TLS is read where the service reads it; its certificate is not held
 * against a name, because nobody else is asked. Exit code 0: ready; 1: not ready, or not there.
 */

const LIMIT_MS = 4_000;

const [port = ""] = process.argv.slice(2);
const encrypted = (process.env["HTTP_CERTIFICATE"] ?? "") !== "";
const ask = encrypted ? askEncrypted : askPlain;
const options = { host: "127.0.0.1", port, path: "/readyz", timeout: LIMIT_MS, rejectUnauthorized: false };
process.exitCode = 1;
ask(options, (answer) => {
  if (answer.statusCode === 200) process.exitCode = 0;
  answer.resume();
})
  .on("timeout", () => process.exit(1))
  .on("error", () => process.exit(1))
  .end();
