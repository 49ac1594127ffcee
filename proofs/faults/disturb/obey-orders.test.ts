// Real: a process of its own that what is loaded before a service is loaded into, its orders, TCP. Nothing is doubled.
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePort } from "@flowstate/local/servers/free-port.ts";
import { removeNow, temporaryFolder } from "@flowstate/local/servers/reaper.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Encounters } from "./encounters.ts";
import { ENCOUNTERS_VARIABLE, NAME_DISTURBED, NO_ORDERS, ORDERS_VARIABLE, type Orders, refusedAt } from "./orders.ts";

const PRELOAD = new URL("./obey-orders.ts", import.meta.url).href;
/** Above the time after which a process has seen its orders. */
const OBEYS = "await new Promise((resolve) => setTimeout(resolve, 200));";

let folder: string;
let encounters: Encounters;
beforeEach(() => {
  folder = temporaryFolder(join(tmpdir(), "flowstate-orders-"));
  encounters = new Encounters(join(folder, "encounters"));
});
afterEach(() => removeNow(folder));

/** What a process prints that runs this program under these orders. Rejects when it ends with an error. */
async function run(program: string, orders: Partial<Orders> = {}): Promise<string> {
  const file = join(folder, "orders.json");
  await writeFile(file, JSON.stringify({ ...NO_ORDERS, ...orders }));
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [`--import=${PRELOAD}`, "--input-type=module", "--eval", `${OBEYS} ${program}`],
    { env: { ...process.env, [ORDERS_VARIABLE]: file, [ENCOUNTERS_VARIABLE]: join(folder, "encounters") } },
  );
  return stdout.trim();
}

const connectTo = (port: number, then: string) =>
  `const net = await import("node:net"); const socket = net.connect(${port}, "127.0.0.1"); ${then}`;
const PRINT_CODE = 'socket.on("error", ({ code }) => console.log(code));';

describe("a process under orders", () => {
  it("says of a connection that it was refused, and where", async () => {
    const port = await freePort();
    expect(await run(connectTo(port, PRINT_CODE))).toBe("ECONNREFUSED");
    expect(encounters.count(refusedAt(port))).toBe(1);
    expect(encounters.count(refusedAt(port + 1))).toBe(0);
  });

  it("still ends with an error that it does not handle", async () => {
    await expect(run(connectTo(await freePort(), ""))).rejects.toThrow("ECONNREFUSED");
  });

  it("says of a name that it was asked for while the resolver is not well, and not while it is", async () => {
    const lookUp = `const dns = await import("node:dns/promises");
      console.log(await dns.lookup("erp.example").then(({ address }) => address, ({ code }) => code));`;
    expect(await run(lookUp)).toBe("127.0.0.1");
    expect(encounters.count(NAME_DISTURBED)).toBe(0);
    expect(await run(lookUp, { names: "not_found" })).toBe("ENOTFOUND");
    expect(encounters.count(NAME_DISTURBED)).toBe(1);
  });

  it("has another time of day, and the same clock that runs forward", async () => {
    const clockMs = 24 * 3_600_000;
    const print = "console.log(Date.now(), performance.timeOrigin + performance.now());";
    const [time = 0, forward = 0] = (await run(print, { clockMs })).split(" ").map(Number);
    expect(Math.abs(time - forward - clockMs)).toBeLessThan(1_000);
  });
});
