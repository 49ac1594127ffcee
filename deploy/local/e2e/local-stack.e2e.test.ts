import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { eInvoicePdf } from "../fixtures/e-invoice.ts";
import { type Local, ROOT, readLocal } from "../local-file.ts";
import { removeNow, temporaryFolder } from "../servers/reaper.ts";

// Real: the local stack as `npm start` runs it, with its broker, database and services, `npm run send`, `npm run erp` and
// `npm run audit`.
// Doubled: SendGrid and the ERP, by the stack itself. The stack has a state folder of its own, so that one that the
// developer runs is not touched.

const READY_LIMIT_MS = 60_000;
const LOCAL_JSON = "local.json";

let folder: string;
let environment: NodeJS.ProcessEnv;
let stack: ChildProcess;
let output = "";
let local: Local;

async function currentLocal(): Promise<Local> {
  const read = await readLocal(join(folder, LOCAL_JSON));
  if (read === undefined) throw new Error(`the stack is not ready: ${output}`);
  return read;
}

beforeAll(async () => {
  folder = temporaryFolder(join(tmpdir(), "flowstate-test-"));
  environment = { ...process.env, FLOWSTATE_STATE_FOLDER: folder, INIT_CWD: folder, API_SECRET: "" };
  const program = join("deploy", "local", "stack.ts");
  // With a channel to us, it stops when this test is killed.
  stack = spawn(process.execPath, [program], {
    cwd: ROOT,
    env: environment,
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
  stack.stdout?.on("data", (text) => {
    output += String(text);
  });
  const ready = vi.waitFor(() => expect(output).toContain("Stop with Ctrl-C."), {
    timeout: READY_LIMIT_MS,
    interval: 100,
  });
  await Promise.race([ready, once(stack, "exit")]);
  local = await currentLocal();
}, READY_LIMIT_MS);

afterAll(async () => {
  if (stack.exitCode === null) stack.kill("SIGKILL");
  await removeNow(folder);
});

function pidsOf({ services, nats, postgres, erp }: Local): number[] {
  return [...Object.values(services), nats, postgres, erp].map(({ pid }) => pid);
}

/** A dead process whose parent has not collected it yet counts as ended. */
async function isAlive(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  return !/\) Z /.test(await readFile(`/proc/${pid}/stat`, "utf8").catch(() => ""));
}

function run(program: string, args: readonly string[]): Promise<{ code: number; text: string }> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [program, ...args],
      { cwd: ROOT, env: environment },
      (_error, stdout, stderr) => resolve({ code: child.exitCode ?? -1, text: stdout + stderr }),
    );
  });
}

const send = (...args: string[]) => run(join("deploy", "local", "mail", "send.ts"), args);
const erp = (...args: string[]) => run(join("deploy", "local", "erp-command.ts"), args);
const audit = (...args: string[]) => run(join("deploy", "local", "audit-command.ts"), args);

describe("the local stack", () => {
  it("mails itself the sample and shows what the ERP received and what the audit log knows", () => {
    expect(output).toContain("The ERP received (signature verified):");
    for (const status of ["received", "extracted", "delivered", "wiped"]) {
      expect(output).toMatch(new RegExp(`^  \\d\\d:\\d\\d:\\d\\d\\.\\d{3}  ${status} `, "m"));
    }
    expect(output).toContain("The webhook answered 200: delivered.");
  });

  it("tells tools where everything is, and only their owner", async () => {
    expect((await stat(join(folder, LOCAL_JSON))).mode & 0o777).toBe(0o600);
    expect(await Promise.all(pidsOf(local).map(isAlive))).toEqual(pidsOf(local).map(() => true));
    expect((await fetch(new URL("/livez", local.services.ingest.url))).status).toBe(200);
    expect((await readdir(local.logs)).sort()).toEqual(
      ["audit.log", "erp-pusher.log", "erp.log", "extractor.log", "ingest.log"].sort(),
    );
  });

  it("delivers a document that is sent from the command line", async () => {
    await writeFile(join(folder, "order.pdf"), await eInvoicePdf({ number: "E2E-4711" }));
    const { code, text } = await send("order.pdf", "--from", "someone@supplier.example");
    expect(text).toContain('"document_number": "E2E-4711"');
    expect(text).toContain("The webhook answered 200: delivered.");
    expect(code).toBe(0);
  });

  it("says in a line why a document was not delivered", async () => {
    await writeFile(join(folder, "broken.pdf"), "%PDF-1.7\nnothing that could be opened\n");
    const { code, text } = await send("broken.pdf");
    expect(text).toContain("refused (document_unreadable: it is not a PDF that can be opened)");
    expect(code).toBe(1);
    expect((await send("broken.pdf", "--to", "nobody@elsewhere.example")).text).toContain(
      "nobody here has that address",
    );
  });

  it("pings its ERP from the command line, as its erp-pusher would reach it", async () => {
    const { code, text } = await erp("ping", local.tenant.id);
    expect(text).toMatch(
      /^Ping of demo: POST http:.*\nThe ERP answered 200 after \d+ ms\.\nA document would be delivered\./,
    );
    expect(code).toBe(0);
    expect(await erp("ping", "nobody")).toMatchObject({ code: 1, text: expect.stringContaining("no tenant nobody") });
  });

  it("rebuilds its documents from the command line, while audit serves", async () => {
    const { code, text } = await audit("rebuild");
    expect(text).toContain("Every document is folded from its events.");
    expect(code).toBe(0);
  });

  it("verifies its record and erases a sender from the command line, while audit serves", async () => {
    expect(await audit("verify")).toMatchObject({ code: 0, text: expect.stringContaining("The record holds.") });
    expect(await audit("forget", "billing@supplier.example")).toMatchObject({
      code: 0,
      text: expect.stringMatching(/^Erased in [1-9]\d* events .*\nErased [1-9]\d* messages of the stream\.$/m),
    });
    expect(await audit("verify")).toMatchObject({ code: 0, text: expect.stringContaining("The record holds.") });
  });

  it("says in a line what is wrong with a command", async () => {
    expect(await send("absent.pdf")).toMatchObject({
      code: 1,
      text: expect.stringMatching(/^flowstate: .* cannot be read/),
    });
    expect(await send()).toMatchObject({ code: 1, text: expect.stringMatching(/^flowstate: usage: /) });
    const program = join("deploy", "local", "stack.ts");
    const start = spawn(process.execPath, [program, "--nosample"], { cwd: ROOT, env: environment, stdio: "pipe" });
    let said = "";
    start.stderr.on("data", (text) => {
      said += text;
    });
    expect(await once(start, "close")).toEqual([1, null]);
    expect(said).toBe("flowstate: usage: npm start [-- --no-sample]\n");
  });

  it("starts a service again that was killed, and delivers again", async () => {
    const { pid } = local.services.extractor;
    process.kill(pid, "SIGKILL");
    await vi.waitFor(async () => expect((await currentLocal()).services.extractor.pid).not.toBe(pid), {
      timeout: 20_000,
      interval: 100,
    });
    local = await currentLocal();
    expect((await send("order.pdf")).code).toBe(0);
  });

  it("ends with nothing left when it is told to, and says so with its exit code", async () => {
    stack.kill("SIGTERM");
    const [code] = await once(stack, "exit");
    expect(code).toBe(0);
    expect(await Promise.all(pidsOf(local).map(isAlive))).toEqual(pidsOf(local).map(() => false));
    expect((await readdir(folder)).sort()).toEqual(["broken.pdf", "order.pdf"]);
    expect((await send("order.pdf")).text).toContain("no local stack is running here: start one with npm start");
    expect(await erp("ping", "demo")).toMatchObject({
      code: 1,
      text: expect.stringMatching(/^flowstate: no ERP is config/),
    });
    expect(await audit("rebuild")).toMatchObject({
      code: 1,
      text: expect.stringMatching(/^flowstate: no database is config/),
    });
  });
});
