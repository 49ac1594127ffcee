// Real: make-roles.sh, secrets of `npm run secrets`. Doubled: psql, which says what it is told.
import { execFile } from "node:child_process";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { removeNow, temporaryFolder } from "@flowstate/local/servers/reaper.ts";
import { expect, it, onTestFinished } from "vitest";
import { makeSecrets } from "../secrets/make-secrets.ts";

it("the roles get the passwords of the URLs that audit is given, and nobody sees them among psql's arguments", async () => {
  const folder = temporaryFolder(join(tmpdir(), "flowstate-roles-"));
  onTestFinished(() => removeNow(folder));
  const secrets = join(folder, "secrets");
  await makeSecrets(secrets);
  writeFileSync(
    join(folder, "psql"),
    '#!/bin/sh\necho "$DATABASE_OWNER_PASSWORD"; echo "$DATABASE_API_PASSWORD"; echo "$@"\n',
  );
  chmodSync(join(folder, "psql"), 0o755);
  const { stdout } = await promisify(execFile)(join(import.meta.dirname, "make-roles.sh"), [], {
    env: {
      PATH: `${folder}:/usr/bin:/bin`,
      FLOWSTATE_SECRETS: secrets,
      POSTGRES_USER: "postgres",
      POSTGRES_DB: "postgres",
    },
  });
  const passwordOf = (name: string) => new URL(readFileSync(join(secrets, name), "utf8")).password;
  const [owner, api, args = ""] = stdout.split("\n");
  expect([owner, api]).toEqual([passwordOf("database_url"), passwordOf("database_api_url")]);
  expect(args).toMatch(/ON_ERROR_STOP=1 .* --file \/etc\/flowstate\/roles\.sql$/);
  expect(args).not.toContain(owner);
});
