import { relative, resolve } from "node:path";
import { makeSecrets } from "./make-secrets.ts";

/**
 * `npm run secrets -- [FOLDER]`: makes every secret that docker-compose.yml mounts and that is not there yet
 * (deploy/secrets/README.md).
 */

const USAGE = "usage: npm run secrets -- [FOLDER]";
const DEFAULT_FOLDER = "secrets";

// npm runs scripts in the root of the repository; paths are meant from where the user stands.
const STANDING = process.env["INIT_CWD"] ?? process.cwd();

const [folder = DEFAULT_FOLDER, ...more] = process.argv.slice(2);
if (more.length > 0 || folder.startsWith("-")) {
  process.stderr.write(`flowstate: ${USAGE}\n`);
  process.exitCode = 1;
} else {
  const { made, empty } = await makeSecrets(resolve(STANDING, folder));
  const shown = relative(STANDING, resolve(STANDING, folder));
  for (const name of made) process.stdout.write(`made ${shown}/${name}\n`);
  for (const name of empty) process.stdout.write(`empty ${shown}/${name}: fill it in, if you have a use for it\n`);
  if (made.length + empty.length === 0) process.stdout.write("every secret is there\n");
}
