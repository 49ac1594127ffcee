// Real: two processes that are stopped, as a moment stops them. Doubled: the system around them.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import type { Server } from "@flowstate/local/servers/server-process.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isStopped, stop } from "../moments/process-state.ts";
import type { PlannedRun, Victim } from "../plan/plan-run.ts";
import type { CrashSystem } from "./crash-system.ts";
import { layAmbush, targetsOf } from "./strike.ts";

/** Longer than one that nobody waits for is left to stand while an ambush holds. */
const OTHERS_STAND_AT_MOST_MS = 200;

let children: ChildProcess[];
let servers: readonly Server[];
/** What the services were told, in this order. */
let told: string[];
let system: CrashSystem;

beforeEach(() => {
  children = Array.from({ length: 2 }, () => spawn("sleep", ["60"], { stdio: "ignore" }));
  servers = children.map(({ pid }) => ({ pid }) as Server);
  told = [];
  system = {
    letAllGoOn: () => {},
    order: async (service: Victim) => void told.push(`order ${service}`),
    cancelOrders: async (service: Victim) => void told.push(`cancel ${service}`),
    instancesOf: () => servers,
  } as unknown as CrashSystem;
});
afterEach(async () => {
  const ended = children.map((child) => once(child, "exit"));
  for (const child of children) child.kill("SIGKILL");
  await Promise.all(ended);
});

const pidOf = (index: number) => servers[index]?.pid ?? Number.NaN;
const stopped = () => Promise.all([isStopped(pidOf(0)), isStopped(pidOf(1))]);

const RUN: PlannedRun = {
  number: 0,
  mails: [],
  when: { kind: "moment", name: "the ledger knows", count: 1 },
  victims: ["ingest", "audit"],
  instance: 3,
  pauseMs: undefined,
  downMs: 0,
};

describe.runIf(process.platform === "linux")("an ambush at a moment", () => {
  it("catches the instance that reaches it, and has the other go on whenever it stops, too", async () => {
    await using ambush = await layAmbush(system, RUN.when);
    stop(pidOf(1));
    expect(await ambush.reached).toBe(true);
    expect(ambush.caught()).toEqual({ server: servers[1], victim: "ingest" });
    expect(told).toEqual(["order ingest", "cancel ingest"]);
    for (let time = 0; time < 2; time += 1) {
      stop(pidOf(0));
      await expect.poll(stopped).toEqual([false, true]);
    }
  });

  it("is over for all of them when it is taken away", async () => {
    const ambush = await layAmbush(system, RUN.when);
    stop(pidOf(0));
    await ambush.reached;
    expect(await stopped()).toEqual([true, false]);
    await ambush[Symbol.asyncDispose]();
    await expect.poll(stopped).toEqual([false, false]);
    stop(pidOf(1));
    await expect.poll(stopped).toEqual([false, true]);
    await sleep(OTHERS_STAND_AT_MOST_MS);
    expect(await stopped()).toEqual([false, true]);
  });
});

describe("whom a run strikes", () => {
  const namesOf = (run: PlannedRun, caught: Parameters<typeof targetsOf>[2]) =>
    targetsOf(system, run, caught).map(({ name }) => name);
  const nobody = { server: undefined, victim: undefined };

  it("is the instance that was caught, and of other parts one by lot", () => {
    expect(namesOf(RUN, { server: servers[0], victim: "ingest" })).toEqual(["ingest 1", "audit 2"]);
    expect(namesOf(RUN, nobody)).toEqual(["ingest 2", "audit 2"]);
  });

  it("is every instance of those that push when the ERP was pushed to, and of others one", () => {
    expect(namesOf({ ...RUN, when: { kind: "pushed" } }, nobody)).toEqual(["ingest 1", "ingest 2", "audit 2"]);
  });
});
