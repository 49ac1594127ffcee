// Real: the command as a process, its files, the configuration schemas that read them. Doubled: nothing.
import { execFile } from "node:child_process";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { removeNow, temporaryFolder } from "@flowstate/local/servers/reaper.ts";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readCompose } from "../docker/testing/compose.ts";
import { SERVICE_CONFIGS } from "../generate/environment.ts";
import { makeSecrets } from "./make-secrets.ts";

let folder: string;
let made: Awaited<ReturnType<typeof makeSecrets>>;
beforeAll(async () => {
  folder = temporaryFolder(join(tmpdir(), "flowstate-secrets-"));
  made = await makeSecrets(folder);
});
afterAll(() => removeNow(folder));

const secret = (name: string) => readFileSync(join(folder, name), "utf8");

it("makes each secret that compose mounts, closed to other users, and no other", () => {
  const mounted = Object.entries(readCompose().secrets);
  expect(mounted.filter(([name, { file }]) => file !== `./secrets/${name}`)).toEqual([]);
  expect(readdirSync(folder).sort()).toEqual(mounted.map(([name]) => name).sort());
  expect([...made.made, ...made.empty].sort()).toEqual(readdirSync(folder).sort());
  for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
});

it("makes them as the services want them, each variable by itself", () => {
  const accepted = Object.values(SERVICE_CONFIGS).flatMap(({ schema, variables }) =>
    variables
      .filter((variable) => made.made.includes(variable.toLowerCase()))
      .map((variable) => [variable, Object(schema.shape[variable]).safeParse(secret(variable.toLowerCase())).success]),
  );
  expect(accepted.length).toBeGreaterThan(5);
  expect(accepted.filter(([, success]) => success !== true)).toEqual([]);
});

it("makes no two alike, and never the same again", async () => {
  const values = made.made.map(secret);
  expect(new Set(values).size).toBe(values.length);
  const elsewhere = join(folder, "..", `${folder.split("/").at(-1)}-again`);
  await makeSecrets(elsewhere);
  expect(made.made.filter((name) => readFileSync(join(elsewhere, name), "utf8") === secret(name))).toEqual([]);
  await removeNow(elsewhere);
});

it("changes nothing that is there, and says so", async () => {
  writeFileSync(join(folder, "gemini_api_key"), "the operator's");
  const before = made.made.map(secret);
  const program = join(import.meta.dirname, "main.ts");
  const { stdout } = await promisify(execFile)(process.execPath, [program, folder], { env: { INIT_CWD: folder } });
  expect(stdout).toBe("every secret is there\n");
  expect(made.made.map(secret)).toEqual(before);
  expect(secret("gemini_api_key")).toBe("the operator's");
});
