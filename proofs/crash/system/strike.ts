import { setTimeout as sleep } from "node:timers/promises";
import type { ScriptedAnswer } from "@flowstate/local/doubles/erp.ts";
import type { Upload } from "@flowstate/local/doubles/sendgrid.ts";
import type { Server } from "@flowstate/local/servers/server-process.ts";
import { MOMENTS } from "../moments/moments.ts";
import { goOn, isStopped } from "../moments/process-state.ts";
import type { PlannedRun, Victim, When } from "../plan/plan-run.ts";
import type { CrashSystem } from "./crash-system.ts";

const POLL_MS = 5;
/** A moment that is not reached by then is not going to be. */
const REACH_LIMIT_MS = 25_000;

/** The smallest mail has several. */
const PIECE_BYTES = 1_000;

/** A process that a moment has stopped, or nobody. */
interface Caught {
  readonly server: Server | undefined;
  readonly victim: Victim | undefined;
}

/** What is waited for before a run strikes, made ready before its mails are sent. */
export interface Ambush extends AsyncDisposable {
  /** Settles at the moment; false when it did not come. */
  readonly reached: Promise<boolean>;
  /** How the run's mails are sent, if that matters: held in the middle until the run has struck. */
  readonly upload?: Upload;
  readonly caught: () => Caught;
}

let orders = 0;

export async function layAmbush(system: CrashSystem, when: When): Promise<Ambush> {
  switch (when.kind) {
    case "moment":
      return atMoment(system, when);
    case "pushed":
      return whenPushed(system);
    case "receiving":
      return whileReceiving();
    case "any_time":
      return { reached: sleep(when.afterMs, true), caught: nobody, async [Symbol.asyncDispose]() {} };
  }
}

const nobody = (): Caught => ({ server: undefined, victim: undefined });

async function atMoment(system: CrashSystem, { name, count }: Extract<When, { kind: "moment" }>): Promise<Ambush> {
  const { service } = MOMENTS[name];
  let server: Server | undefined;
  await system.order(service, { id: ++orders, moment: name, count });
  const wait = async () => {
    for (const giveUpAt = performance.now() + REACH_LIMIT_MS; performance.now() < giveUpAt; await sleep(POLL_MS)) {
      for (const instance of system.instancesOf(service)) {
        if (!(await isStopped(instance.pid))) continue;
        server = instance;
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
      await system.cancelOrders(service);
      // Another instance may have reached the moment before it was cancelled.
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

function whileReceiving(): Ambush {
  const arrived = Promise.withResolvers<boolean>();
  const struck = Promise.withResolvers<void>();
  return {
    reached: arrived.promise,
    upload: {
      pieceBytes: PIECE_BYTES,
      async beforePiece(offset) {
        if (offset === 0) return;
        arrived.resolve(true);
        await struck.promise;
      },
    },
    caught: nobody,
    async [Symbol.asyncDispose]() {
      struck.resolve();
    },
  };
}

/** Strikes the victims of a run and, when they have been down for long enough, starts them again. */
export async function strike(system: CrashSystem, run: PlannedRun, caught: Caught): Promise<void> {
  const victims = run.victims.map((victim) => {
    // Whoever has reached the moment is the one, of several instances.
    if (victim === caught.victim && caught.server !== undefined) return caught.server;
    const instances = system.instancesOf(victim);
    return instances[run.number % instances.length];
  });
  const struck = victims.filter((server) => server !== undefined);
  if (run.pauseMs !== undefined) return pause(struck, run.pauseMs);
  await Promise.all(struck.map((server) => server.kill()));
  if (caught.server !== undefined && !struck.includes(caught.server)) goOn(caught.server.pid);
  await sleep(run.downMs);
  await Promise.all(struck.map((server) => server.restart()));
}

async function pause(servers: readonly Server[], pauseMs: number): Promise<void> {
  for (const { pid } of servers) process.kill(pid, "SIGSTOP");
  await sleep(pauseMs);
  for (const { pid } of servers) goOn(pid);
}
