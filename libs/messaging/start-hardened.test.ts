// Real: the check of this process, the health of its scrubs, the logger. Doubled: standard output, what a scrub does.
import { HARDENING_MEASURES } from "@flowstate/contracts";
import { scrubHealth } from "@flowstate/ghost";
import { createLogger } from "@flowstate/runtime";
import { describe, expect, it } from "vitest";
import { startHardened } from "./start-hardened.ts";

function logging() {
  const lines: Record<string, unknown>[] = [];
  const logger = createLogger("test", "info", { write: (line) => void lines.push(JSON.parse(line)) });
  return { logger, lines };
}

describe("a service that starts", () => {
  it("says of every measure whether it holds, and refuses when one does not although it must", async () => {
    const { logger, lines } = logging();
    const { hardening: measures } = await startHardened(logger, false);
    expect(Object.keys(measures)).toEqual([...HARDENING_MEASURES]);
    expect(lines.map(({ measure, holds }) => [measure, holds])).toEqual(Object.entries(measures));
    // This process was not started hardened.
    await expect(startHardened(logger, true)).rejects.toThrow("not hardened");
  });

  it("says from then on when a scrub fails, by a code of a closed list, and when it does again", async () => {
    const { logger, lines } = logging();
    const { scrubFault } = await startHardened(logger, false);
    lines.length = 0;
    const faults = [new Error("Invoice 4711"), undefined];
    const scrub = scrubHealth.watched(async () => {
      const fault = faults.shift();
      if (fault !== undefined) throw fault;
    });
    await scrub("everything").catch(() => {});
    expect(scrubFault()).toBe("scrub_failed");
    await scrub("everything");
    expect(scrubFault()).toBeUndefined();
    expect(lines).toMatchObject([
      { event: "scrub.failed", code: "scrub_failed", error: "Error" },
      { event: "scrub.back" },
    ]);
    expect(JSON.stringify(lines)).not.toContain("4711");
  });
});
