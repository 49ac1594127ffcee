import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { Intake } from "./intake.ts";

/* Real: the intake and its timer. Nothing is doubled. */

const GRACE_MS = 200;

describe("an intake that is closed", () => {
  it("takes nothing new from that moment on, and finishes what is under way", async () => {
    const intake = new Intake();
    const gate = Promise.withResolvers<string>();
    const working = intake.take(() => gate.promise);
    const closed = intake.close(60_000);
    expect(intake.isOpen).toBe(false);
    await expect(intake.take(async () => "new")).rejects.toThrow("temporarily_unavailable");
    expect(intake.stopping.aborted).toBe(false);
    gate.resolve("done");
    await closed;
    expect(await working).toBe("done");
  });

  it("asks what takes longer than the grace to give up, and waits until it has", async () => {
    const intake = new Intake();
    let gaveUp = false;
    const working = intake.take(async () => {
      await new Promise((resolve) => intake.stopping.addEventListener("abort", resolve));
      await sleep(20);
      gaveUp = true;
      throw new Error("given up");
    });
    const outcome = expect(working).rejects.toThrow("given up");
    await intake.close(GRACE_MS);
    expect(gaveUp).toBe(true);
    await outcome;
  });
});
