// Real: start-node.sh, the files that it makes, the Dockerfile. Doubled: nats-server, which says what it finds.
import { execFile } from "node:child_process";
import { chmodSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { removeNow, temporaryFolder } from "@flowstate/local/servers/reaper.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { argumentsOf, ignoredByDocker, readDockerfile, valuesOf } from "../docker/testing/dockerfile.ts";

const DOCKERFILE = "deploy/nats/Dockerfile";

let folder: string;
beforeAll(() => {
  folder = temporaryFolder(join(tmpdir(), "flowstate-start-node-"));
  const server = join(folder, "nats-server");
  writeFileSync(server, '#!/bin/sh\necho "$@"; ulimit -c; cat "$NATS_TRUSTED" "$NATS_CERTIFICATE" "$NATS_KEY"; env\n');
  chmodSync(server, 0o755);
});
afterAll(() => removeNow(folder));

const start = async (environment: NodeJS.ProcessEnv) =>
  (
    await promisify(execFile)(join(import.meta.dirname, "start-node.sh"), [], {
      env: { PATH: `${folder}:/usr/bin:/bin`, ...environment },
    })
  ).stdout;

describe("a node is started", () => {
  it("with certificates from variables, which become files that only it can read, and leave its environment", async () => {
    const files = join(folder, "tls");
    const pem = { NATS_TRUSTED_PEM: "the authority", NATS_CERTIFICATE_PEM: "the certificate", NATS_KEY_PEM: "the key" };
    const said = await start({ ...pem, NATS_FILES: files });
    expect(said).toMatch(/^--config \/etc\/nats\/nats-server\.conf\n0\nthe authority\nthe certificate\nthe key\n/);
    expect(said).not.toContain("_PEM");
    for (const name of ["ca.crt", "tls.crt", "tls.key"]) {
      expect(statSync(join(files, name)).mode & 0o777, name).toBe(0o600);
    }
  });

  it("with certificates from files, as they are named", async () => {
    writeFileSync(join(folder, "own"), "mounted\n");
    const own = join(folder, "own");
    const said = await start({ NATS_TRUSTED: own, NATS_CERTIFICATE: own, NATS_KEY: own });
    expect(said).toContain("mounted\nmounted\nmounted\n");
  });
});

describe("the Dockerfile", () => {
  const [image] = readDockerfile(DOCKERFILE);
  if (image === undefined) throw new Error("there is no stage");

  it("adds to the server its configuration and its start, and the build sees nothing else", () => {
    const copied = valuesOf(image, "COPY").map((value) => value.split(" ")[0] ?? "");
    expect(copied).toEqual(["deploy/nats/nats-server.conf", "deploy/nats/start-node.sh"]);
    expect(
      [...copied, "certs/broker/nats-1/tls.key", "deploy/nats/README.md"].map(ignoredByDocker(DOCKERFILE)),
    ).toEqual([false, false, true, true]);
  });

  it("runs the server as a user by number, who owns the folder of the streams", () => {
    expect(valuesOf(image, "USER")).toEqual(["65532:65532"]);
    expect(valuesOf(image, "RUN")).toEqual(["mkdir /data && chown 65532:65532 /data"]);
    expect(argumentsOf(image, "ENTRYPOINT")).toEqual(["/usr/local/bin/start-node.sh"]);
  });
});
