import { setTimeout as sleep } from "node:timers/promises";
import type { ScriptedAnswer } from "@flowstate/local/doubles/erp.ts";
import type { Server } from "@flowstate/local/servers/server-process.ts";
import { withChildren } from "../../prove/search/process-memory.ts";
import { MOMENTS } from "../moments/moments.ts";
import { goOn, isStopped, stop } from "../moments/process-state.ts";
import { type PlannedRun, processName, type Victim, type When } from "../plan/plan-run.ts";
import type { CrashSystem, Target } from "./crash-system.ts";

const POLL_MS = 5;
/** A moment that is not reached by then is not going to be. */
const REACH_LIMIT_MS = 25_000;
/** How long an instance may stand that has reached the moment beside the one that was caught. */
const OTHERS_STAND_MS = 50;

/** A process that a moment has stopped, or nobody. */
export interface Caught {
  readonly server: Server | undefined;
  readonly victim: Victim | undefined;
}

/** What is waited for before a run strikes, made ready before its mails are sent. */
export interface Ambush extends AsyncDisposable {
  /** Settles at the moment; false when it did not come. */
  readonly reached: Promise<boolean>;
  readonly caught: () => Caught;
}

let orders = 0;

/** Whoever asks for a push, and whoever makes it. */
const PUSHING: ReadonlySet<Victim> = new Set(["ingest", "erp-pusher"]);

export async function layAmbush(system: CrashSystem, when: When): Promise<Ambush> {
  switch (when.kind) {
    case "moment":
      return atMoment(system, when);
    case "pushed":
      return whenPushed(system);
    case "any_time":
      return { reached: sleep(when.afterMs, true), caught: nobody, async [Symbol.asyncDispose]() {} };
  }
}

const nobody = (): Caught => ({ server: undefined, victim: undefined });

async function atMoment(system: CrashSystem, { name, count }: Extract<When, { kind: "moment" }>): Promise<Ambush> {
  const { service } = MOMENTS[name];
  let server: Server | undefined;
  let lettingOthersGoOn: NodeJS.Timeout | undefined;
  // The others do what the one that was caught would have done: that they go on meanwhile is what there are several for.
  // One may have reached the moment in the same instant, or have read its order before it was cancelled.
  const letOthersGoOn = () => {
    for (const other of system.instancesOf(service)) if (other !== server) goOn(other.pid);
  };
  // One that read its order as it was cancelled may have stopped behind whoever let it go on.
  system.letAllGoOn();
  await system.order(service, { id: ++orders, moment: name, count });
  const wait = async () => {
    for (const giveUpAt = performance.now() + REACH_LIMIT_MS; performance.now() < giveUpAt; await sleep(POLL_MS)) {
      for (const instance of system.instancesOf(service)) {
        if (!(await isStopped(instance.pid))) continue;
        server = instance;
        await system.cancelOrders(service);
        letOthersGoOn();
        lettingOthersGoOn = setInterval(letOthersGoOn, OTHERS_STAND_MS);
        return true;
      }
    }
    return false;
  };
  const reached = wait();
  return {
    reached,
    caught: () => ({ server, victim: service }),
    async [Symbol.asyncDispose]() {
      await reached;
      clearInterval(lettingOthersGoOn);
      await system.cancelOrders(service);
      // One may have reached the moment after nobody waited for it any more.
      for (const instance of system.instancesOf(service)) goOn(instance.pid);
    },
  };
}

/** The ERP has read and booked a delivery, and nobody has heard of it yet. */
async function whenPushed({ stack: { erp }, erpLedger }: CrashSystem): Promise<Ambush> {
  const struck = Promise.withResolvers<void>();
  const silent: ScriptedAnswer = { delayHeaders: struck.promise };
  erp.script(silent);
  return {
    reached: Promise.race([erpLedger.next().then(() => true), sleep(REACH_LIMIT_MS, false, { ref: false })]),
    caught: nobody,
    async [Symbol.asyncDispose]() {
      struck.resolve();
    },
  };
}

/**
 * The processes that a run strikes. Of several instances the one that has reached the moment; all of those that push, when
 * only the ERP's double has seen it and nobody knows whose it is; one by lot of any other part.
 */
export function targetsOf(system: CrashSystem, run: PlannedRun, caught: Caught): readonly Target[] {
  return run.victims.flatMap((victim) => {
    const instances = system.instancesOf(victim);
    const isOfAll = run.when.kind === "pushed" && PUSHING.has(victim);
    const isTarget = (server: Server, index: number) =>
      victim === caught.victim && caught.server !== undefined
        ? server === caught.server
        : isOfAll || index === run.instance % instances.length;
    return instances.flatMap((server, index) =>
      isTarget(server, index) ? [{ victim, name: processName(victim, index, instances.length), server }] : [],
    );
  });
}

/** Strikes the targets of a run and, when they have been down for long enough, starts them again. */
export async function strike(
  system: CrashSystem,
  run: PlannedRun,
  targets: readonly Target[],
  caught: Caught,
): Promise<void> {
  const letGoOn = () => {
    if (caught.server !== undefined && !targets.some(({ server }) => server === caught.server)) goOn(caught.server.pid);
  };
  if (run.pauseMs !== undefined) return pause(targets, run.pauseMs, letGoOn);
  await Promise.all(targets.map((target) => system.kill(target)));
  letGoOn();
  await sleep(run.downMs);
  await Promise.all(targets.map((target) => system.restart(target)));
}

/** PostgreSQL works in children: they are stopped behind their parent, which makes no more of them then. */
async function pause(targets: readonly Target[], pauseMs: number, letOthersGoOn: () => void): Promise<void> {
  for (const { server } of targets) stop(server.pid);
  const pids = targets.flatMap(({ server }) => withChildren(server.pid));
  for (const pid of pids) stop(pid);
  letOthersGoOn();
  await sleep(pauseMs);
  for (const pid of pids) goOn(pid);
}
