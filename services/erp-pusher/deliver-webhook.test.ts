import { type ErpDouble, startErp } from "@flowstate/local/doubles/erp.ts";
import { startTelemetry } from "@flowstate/runtime";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { FAULTS_TO_OPEN } from "./circuit-breaker.ts";
import { MAX_ATTEMPTS } from "./deliver-webhook.ts";
import { DOCUMENT_ID, pushRig, testTiming, timingOfToday } from "./testing/push-rig.ts";

// Real: HTTP, signatures. Doubled: the ERP; the clocks, which only pauses move; chance, which is always a half.

beforeAll(async () => {
  await startTelemetry("erp-pusher", undefined);
});

afterEach(() => {
  vi.restoreAllMocks();
});

const header = (erp: ErpDouble, name: string) => erp.received.map(({ headers }) => headers[name]);

describe("the attempts of a delivery", () => {
  it("come after pauses that grow, of which chance decides", async () => {
    await using erp = await startErp();
    erp.scriptAlways({ status: 503 });
    const { push, timing } = pushRig(erp);
    expect((await push().outcome).attempts).toBe(MAX_ATTEMPTS);
    expect(timing.pauses).toEqual([500, 1_000, 2_000, 4_000, 8_000]);
  });

  it("are each signed for their own moment, under the same id and key", async () => {
    await using erp = await startErp();
    erp.script({ status: 503 }, { drop: "after_body" }, { status: 429 });
    const start = Math.floor(Date.now() / 1_000);
    const { push } = pushRig(erp, { timing: testTiming(new Date(start * 1_000)) });
    expect(await push().outcome).toEqual({ result: "delivered", erp_http_status: 200, attempts: 4 });
    expect(erp.received.map(({ verified }) => verified)).toEqual([true, true, true, true]);
    expect(new Set([...header(erp, "webhook-id"), ...header(erp, "idempotency-key")])).toEqual(new Set([DOCUMENT_ID]));
    expect(new Set(header(erp, "traceparent")).size).toBe(4);
    // Pauses of 0.5, 1 and 2 seconds; a timestamp is whole seconds.
    expect(header(erp, "webhook-timestamp")).toEqual([0, 0, 1, 3].map((seconds) => String(start + seconds)));
    expect(new Set(header(erp, "webhook-signature")).size).toBe(3);
    expect(erp.effects).toBe(1);
  });

  it("have the same body, byte for byte", async () => {
    await using erp = await startErp();
    erp.script({ status: 500 }, { status: 500 });
    await pushRig(erp).push().outcome;
    const [first, ...others] = erp.received.map(({ body }) => body);
    expect(others).toEqual([first, first]);
  });

  it.each<[string, (now: Date) => string]>([
    ["seconds", () => "7"],
    ["a date", (now) => new Date(Math.ceil(now.getTime() / 1_000) * 1_000 + 7_000).toUTCString()],
  ])("wait as long as the ERP asks in %s", async (_form, retryAfter) => {
    await using erp = await startErp();
    const timing = timingOfToday();
    erp.script({ status: 429, headers: { "retry-after": retryAfter(timing.now()) } });
    const { push } = pushRig(erp, { timing });
    expect((await push().outcome).attempts).toBe(2);
    expect(timing.pauses).toHaveLength(1);
    expect(timing.pauses[0]).toBeGreaterThanOrEqual(7_000);
    expect(timing.pauses[0]).toBeLessThanOrEqual(8_000);
  });

  it("wait their own pause where the ERP asks for less, or for nonsense", async () => {
    await using erp = await startErp();
    const [less, past, nonsense] = ["0", "Mon, 23 Nov 2015 10:00:00 GMT", "later"];
    erp.script(...[less, past, nonsense].map((value) => ({ status: 503, headers: { "retry-after": value } })));
    const { push, timing } = pushRig(erp);
    expect((await push().outcome).attempts).toBe(4);
    expect(timing.pauses).toEqual([500, 1_000, 2_000]);
  });

  it.each(["59", "86400", "999999999"])(
    "end when the ERP asks for more than there is time: Retry-After %s",
    async (seconds) => {
      await using erp = await startErp();
      erp.script({ status: 503, headers: { "retry-after": seconds } });
      const { push, timing } = pushRig(erp);
      expect(await push({ remainingMs: 60_000 }).outcome).toEqual({
        result: "deferred",
        code: "erp_unavailable",
        erp_http_status: 503,
        attempts: 1,
      });
      expect([erp.attempts, timing.pauses]).toEqual([1, []]);
    },
  );

  it("end when the pause would leave no time for an answer", async () => {
    await using erp = await startErp();
    erp.scriptAlways({ status: 503 });
    const { push, timing } = pushRig(erp);
    // 500 for the way back, 1000 for an attempt: the second pause no longer fits.
    expect((await push({ remainingMs: 2_900 }).outcome).attempts).toBe(2);
    expect(timing.pauses).toEqual([500]);
  });

  it("say nothing of the ERP when there was hardly time for them", async () => {
    await using erp = await startErp();
    erp.scriptAlways({ status: 503 });
    const { push, logLines } = pushRig(erp);
    for (let n = 0; n <= FAULTS_TO_OPEN; n += 1) {
      expect((await push({ remainingMs: 1_499 }).outcome).attempts).toBe(1);
    }
    expect(logLines().map(({ event }) => event)).not.toContain("erp.circuit_opened");
  });

  it("never wait longer than the mail has, whatever is asked of them", async () => {
    for (const remainingMs of [600, 1_500, 2_001, 5_000, 9_000, 20_000]) {
      await using erp = await startErp();
      erp.scriptAlways({ status: 503, headers: { "retry-after": "2" } });
      const { push, timing } = pushRig(erp);
      await push({ remainingMs }).outcome;
      expect(timing.pauses.reduce((sum, pause) => sum + pause, 0)).toBeLessThan(remainingMs);
    }
  });
});
