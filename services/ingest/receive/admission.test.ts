import type { IncomingMessage } from "node:http";
import { GhostBytes, MemoryBudget } from "@flowstate/ghost";
import { HttpError } from "@flowstate/runtime";
import { describe, expect, it } from "vitest";
import { Admission } from "./admission.ts";

/* Real: the admission and the budget. Doubled: the request, of which only the headers count. */

const KIB = 1024;
const MAX_BYTES = 1_000 * KIB;
const announcing = (length: string | undefined) =>
  ({ headers: length === undefined ? {} : { "content-length": length } }) as IncomingMessage;
const busy = new HttpError("temporarily_unavailable");

describe("a body is admitted", () => {
  it.each<[string, string | undefined, number]>([
    ["little when it announces much", String(900 * KIB), 64 * KIB],
    ["what it announces when that is less", "1000", 1_000],
    ["little when it announces nothing", undefined, 64 * KIB],
    ["little when its announcement is no number", "many", 64 * KIB],
  ])("to hold %s", (_name, length, expected) => {
    const budget = new MemoryBudget(MAX_BYTES);
    using _admission = Admission.of(announcing(length), budget, MAX_BYTES);
    expect(budget.reservedBytes).toBe(expected);
  });

  it("to hold twice what it has sent, and no more than it announced", () => {
    const budget = new MemoryBudget(MAX_BYTES);
    {
      using admission = Admission.of(announcing(String(900 * KIB)), budget, MAX_BYTES);
      admission.admit(64 * KIB);
      expect(budget.reservedBytes).toBe(64 * KIB);
      admission.admit(64 * KIB + 1);
      expect(budget.reservedBytes).toBe(128 * KIB + 2);
      admission.admit(600 * KIB);
      expect(budget.reservedBytes).toBe(900 * KIB);
    }
    expect(budget.reservedBytes).toBe(0);
  });

  it("and hands on what is kept of it: the rest is given back at once, the kept when it is wiped", () => {
    const budget = new MemoryBudget(MAX_BYTES);
    using admission = Admission.of(announcing(String(60 * KIB)), budget, MAX_BYTES);
    const [document, refused] = [GhostBytes.taking(Buffer.alloc(10 * KIB)), GhostBytes.taking(Buffer.alloc(KIB))];
    refused.wipe();
    const decoded = GhostBytes.taking(Buffer.alloc(7 * KIB));
    const own = budget.tryReserve(8 * KIB);
    if (own !== undefined) decoded.reservedBy(own);
    admission.handOver([document, refused, decoded]);
    expect(budget.reservedBytes).toBe(18 * KIB);
    document.wipe();
    expect(budget.reservedBytes).toBe(8 * KIB);
    decoded.wipe();
    expect(budget.reservedBytes).toBe(0);
  });

  it("not at all when what it announces does not fit now", () => {
    const budget = new MemoryBudget(MAX_BYTES);
    using _other = budget.tryReserve(200 * KIB);
    expect(() => Admission.of(announcing(String(900 * KIB)), budget, MAX_BYTES)).toThrow(busy);
    expect(() => Admission.of(announcing(undefined), budget, MAX_BYTES)).toThrow(busy);
    expect(budget.reservedBytes).toBe(200 * KIB);
  });

  it("no further when others have taken the rest meanwhile", () => {
    const budget = new MemoryBudget(MAX_BYTES);
    using admission = Admission.of(announcing(String(900 * KIB)), budget, MAX_BYTES);
    using _other = budget.tryReserve(500 * KIB);
    admission.admit(65 * KIB);
    expect(() => admission.admit(600 * KIB)).toThrow(busy);
  });
});
