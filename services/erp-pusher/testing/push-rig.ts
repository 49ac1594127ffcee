import { PassThrough } from "node:stream";
import { documentIdSchema, type PushOutcome, tenantIdSchema } from "@flowstate/contracts";
import { GhostBytes, MemoryBudget } from "@flowstate/ghost";
import type { ErpDouble } from "@flowstate/local/doubles/erp.ts";
import { isZeroed } from "@flowstate/local/testing/zeroed.ts";
import { createLogger } from "@flowstate/runtime";
import { vi } from "vitest";
import { extractionPusher } from "../push-extraction.ts";
import { SYSTEM_TIMING, type Timing } from "../timing.ts";
import { AMPLE_MS, type TenantOptions, tenantOf } from "./erp-tenant.ts";

export const CANARY = "CANARY-7f3a91";
export const DOCUMENT_ID = documentIdSchema.parse("5f8c1d1e-6d0c-4b52-9a37-0a4c9d3b7e21");
export const TENANT_ID = tenantIdSchema.parse("acme");
const MIB = 1024 * 1024;

/** The time of day stands still unless a test moves it, no pause takes any time, and chance is always a half. */
export interface TestTiming extends Timing {
  /** The pauses that were asked for, milliseconds. */
  readonly pauses: readonly number[];
  /** Moves both clocks. */
  pass(milliseconds: number): void;
}

/** Pauses move the clocks by their length, so that an open circuit and a deadline see them. */
export function testTiming(start = new Date("2026-11-23T10:00:00.000Z")): TestTiming {
  const pauses: number[] = [];
  let passed = 0;
  return {
    pauses,
    pass: (milliseconds) => {
      passed += milliseconds;
    },
    now: () => new Date(start.getTime() + passed),
    elapsedMs: () => passed,
    sleep: async (milliseconds, signal) => {
      signal.throwIfAborted();
      pauses.push(milliseconds);
      passed += milliseconds;
    },
    random: () => 0.5,
  };
}

/** The doubles hold signatures to the real time of day. */
export function timingOfToday(): TestTiming {
  return testTiming(new Date());
}

export interface PushOptions {
  /** The remaining time when the push begins, milliseconds; the rig's pauses use it up. */
  readonly remainingMs?: number;
  readonly signal?: AbortSignal;
  readonly tenantId?: string;
  readonly documentId?: string;
  readonly content?: string;
}

/** Everything that held content during one push, kept so that a test can look at it afterwards. */
export interface Pushed {
  readonly outcome: Promise<PushOutcome>;
  /** Whether every buffer that held content holds zeros only; false when there was none. */
  readonly wiped: () => boolean;
}

export interface PushRig {
  readonly timing: TestTiming;
  push(options?: PushOptions): Pushed;
  /** What was logged since the last call. */
  logLines(): Record<string, unknown>[];
}

export interface RigOptions extends TenantOptions {
  readonly timing?: TestTiming;
  readonly budget?: MemoryBudget;
  /** Real pauses, for what must be seen to wait. */
  readonly realTime?: boolean;
}

/** erp-pusher's function for one tenant, whose ERP is the double. A test that looks at `wiped` restores all mocks afterwards. */
export function pushRig(
  erp: ErpDouble,
  { timing = timingOfToday(), budget, realTime, ...tenant }: RigOptions = {},
): PushRig {
  const log = new PassThrough();
  const pushExtraction = extractionPusher({
    tenants: new Map([[TENANT_ID, tenantOf(erp, tenant)]]),
    budget: budget ?? new MemoryBudget(64 * MIB),
    logger: createLogger("erp-pusher", "debug", log),
    timing: realTime === true ? SYSTEM_TIMING : timing,
  });
  return {
    timing,
    push: (options = {}) => {
      const wiped = retainContent();
      const startedAt = timing.elapsedMs();
      const outcome = pushExtraction({
        request: {
          document_id: documentIdSchema.parse(options.documentId ?? DOCUMENT_ID),
          tenant_id: tenantIdSchema.parse(options.tenantId ?? TENANT_ID),
          received_at: "2026-11-23T10:00:00.000Z",
          source: "sendgrid",
        },
        content: GhostBytes.taking(Buffer.from(options.content ?? `{"document_number":"${CANARY}"}`)),
        signal: options.signal ?? new AbortController().signal,
        remainingMs: () => (options.remainingMs ?? AMPLE_MS) - (timing.elapsedMs() - startedAt),
        spentOutside: () => {},
      });
      return { outcome, wiped };
    },
    logLines: () =>
      String(log.read() ?? "")
        .split("\n")
        .filter((line) => line !== "")
        .map((line): Record<string, unknown> => JSON.parse(line)),
  };
}

interface Held {
  readonly ghost: GhostBytes;
  readonly memory: Uint8Array;
}

const make = GhostBytes.withCapacity;
const grow = GhostBytes.growing;
/** Of the push that began last. */
let latest: Held[] = [];

/**
 * From now on keeps the memory of each `GhostBytes` that is made in one piece, which all of a push without mapping are. Of one
 * that grows, which a mapped body is, it keeps the vessel, whose own tests hold that wiping reaches all of its memory.
 */
function retainContent(): () => boolean {
  const held: Held[] = [];
  latest = held;
  if (!vi.isMockFunction(GhostBytes.withCapacity)) {
    vi.spyOn(GhostBytes, "withCapacity").mockImplementation((capacity) => {
      const ghost = make(capacity);
      const { buffer, byteOffset } = ghost.view();
      latest.push({ ghost, memory: new Uint8Array(buffer, byteOffset, capacity) });
      return ghost;
    });
    vi.spyOn(GhostBytes, "growing").mockImplementation(() => {
      const ghost = grow();
      latest.push({ ghost, memory: new Uint8Array() });
      return ghost;
    });
  }
  return () => held.length > 0 && held.every(({ ghost, memory }) => ghost.wiped && isZeroed(memory));
}
