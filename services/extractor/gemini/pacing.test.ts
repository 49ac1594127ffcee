import { describe, expect, it } from "vitest";
import { REAL_PACING } from "./pacing.ts";

// Real: time and chance.

describe("REAL_PACING", () => {
  it("sleeps, but no longer than the caller waits, and never fails for it", async () => {
    const caller = new AbortController();
    const startedAt = REAL_PACING.now();
    await REAL_PACING.sleep(20, caller.signal);
    expect(REAL_PACING.now() - startedAt).toBeGreaterThanOrEqual(15);
    const sleeping = REAL_PACING.sleep(600_000, caller.signal);
    caller.abort();
    await expect(sleeping).resolves.toBeUndefined();
    await expect(REAL_PACING.sleep(600_000, caller.signal)).resolves.toBeUndefined();
  });
});
