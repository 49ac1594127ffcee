import { execFile } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { TestProject } from "vitest/node";
import { z } from "zod";
import { startPostgres } from "../servers/postgres.ts";
import { removeNow, temporaryFolder } from "../servers/reaper.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Of the superuser of the run's one PostgreSQL. Tests take a database of it with `testDatabase`. */
    postgresUrl: string;
    /** Of the login that audit's API reads with, in the same PostgreSQL. */
    postgresApiUrl: string;
    /** A folder for what Node has compiled, which goes with the run. */
    compiledCode: string;
    /** The browser that suites may drive, or why there is none. */
    chromium: { readonly path: string } | { readonly missing: string };
  }
}

const NEEDED_NODE = 24;
const LAUNCHER = fileURLToPath(new URL("../launch.mjs", import.meta.url));
const locatedSchema = z.object({
  FLOWSTATE_NATS_SERVER: z.string(),
  FLOWSTATE_POSTGRES: z.string(),
  FLOWSTATE_CHROMIUM: z.string().optional(),
  FLOWSTATE_CHROMIUM_MISSING: z.string().optional(),
});

/** Starts one PostgreSQL for the whole run, and makes what the suites share; what it returns ends it. Runs before any test process is made. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  if (Number.parseInt(process.versions.node, 10) < NEEDED_NODE)
    throw new Error(`Node ${NEEDED_NODE} is needed: use npm test`);
  // `npx vitest` was called directly: the launcher knows where the servers are.
  if (process.env["FLOWSTATE_NATS_SERVER"] === undefined || process.env["FLOWSTATE_POSTGRES"] === undefined) {
    const { stdout } = await promisify(execFile)(process.execPath, [LAUNCHER, "locate"]);
    Object.assign(process.env, locatedSchema.parse(JSON.parse(stdout)));
  }
  const postgres = await startPostgres();
  project.provide("postgresUrl", postgres.url);
  project.provide("postgresApiUrl", postgres.apiUrl);
  project.provide("chromium", chromiumOf(process.env));
  const compiledCode = temporaryFolder(join(tmpdir(), "flowstate-compiled-"));
  project.provide("compiledCode", compiledCode);
  return async () => {
    await removeNow(compiledCode);
    await postgres[Symbol.asyncDispose]();
  };
}

function chromiumOf({ FLOWSTATE_CHROMIUM: path, FLOWSTATE_CHROMIUM_MISSING: reason }: NodeJS.ProcessEnv) {
  if (path !== undefined && path !== "") return { path };
  return { missing: reason ?? "this run was not asked to bring Chromium" };
}
