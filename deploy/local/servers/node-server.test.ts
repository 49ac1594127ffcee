import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { NotReadyError, startNodeServer } from "./node-server.ts";

// Real: processes; the program is the demo ERP. Nothing is doubled.

const PROGRAM = join("deploy", "local", "doubles", "erp-main.ts");

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "flowstate-test-"));
});
afterAll(() => rm(folder, { recursive: true }));

describe("startNodeServer", () => {
  it("waits until the program is ready, starts it again at the same address, and stops it", async () => {
    const logPath = join(folder, "erp.log");
    const server = await startNodeServer({
      name: "erp",
      program: PROGRAM,
      environment: (port) => ({ ERP_PORT: String(port ?? 0) }),
      logPath,
    });
    const received = async () => (await fetch(new URL("/received", server.url))).status;
    expect(await received()).toBe(200);
    const { pid } = server;
    await server.kill();
    await server.restart();
    expect(server.pid).not.toBe(pid);
    expect(await received()).toBe(200);
    await server.stop();
    await expect(received()).rejects.toThrow();
    expect((await readFile(logPath, "utf8")).match(/service\.ready/g)).toHaveLength(2);
  });

  it.runIf(process.platform === "linux")(
    "gives the program no more environment than it is told, and no core dumps",
    async () => {
      const logPath = join(folder, "bare.log");
      const server = await startNodeServer({
        name: "erp",
        program: PROGRAM,
        environment: () => ({ ERP_PORT: "0" }),
        logPath,
      });
      const environment = (await readFile(`/proc/${server.pid}/environ`, "utf8"))
        .split("\0")
        .filter((entry) => entry !== "");
      const limits = await readFile(`/proc/${server.pid}/limits`, "utf8");
      await server.stop();
      // The shell that sets the limit on core dumps adds where it stands.
      expect(environment.filter((entry) => !entry.startsWith("PWD="))).toEqual(["ERP_PORT=0"]);
      expect(limits).toMatch(/^Max core file size\s+0\s+0\s/m);
    },
  );

  it("tells the end of the log of a program that does not start", async () => {
    const starting = startNodeServer({
      name: "erp",
      program: PROGRAM,
      environment: () => ({ ERP_PORT: "many" }),
      logPath: join(folder, "failing.log"),
    });
    const error = await starting.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(NotReadyError);
    expect(error).toMatchObject({ message: "erp did not start", log: "ERP_PORT must be a TCP port" });
  });
});
