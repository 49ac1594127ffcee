import type { ScrubFault } from "@flowstate/contracts";
import { checkHardening, rinseParsers, scrubHealth, whenScrubbed } from "@flowstate/ghost";
import { type Logger, measureMs, observe } from "@flowstate/runtime";

/** What the operator is told of how a process keeps its memory clean. */
interface Hardened {
  /** Which measures hold, by name. */
  readonly hardening: Readonly<Record<string, boolean>>;
  /** Why what zeroing does not reach is not cleared now; undefined while it is. */
  scrubFault(): ScrubFault | undefined;
}

/**
 * Looks whether this process is hardened, says so in the log, and throws if it is not although it must be. Then makes the
 * parsers' memory as large as it will ever be. Called first, and waited for, by every service. From then on the log and a
 * metric tell of scrubs that fail.
 */
export async function startHardened(logger: Logger, strict: boolean): Promise<Hardened> {
  const findings = checkHardening();
  for (const { measure, holds } of findings) {
    if (holds) logger.info("hardening.checked", { measure, holds });
    else logger.warn("hardening.checked", { measure, holds });
  }
  if (strict && findings.some(({ holds }) => !holds)) {
    throw new Error("this process is not hardened and GHOST_STRICT=true");
  }
  scrubHealth.listen((error) => {
    if (error === undefined) logger.info("scrub.back");
    else logger.error("scrub.failed", { code: error.fault }, error.cause);
  });
  // For as long as the process lives.
  observe("flowstate.scrub.failures", () => [{ value: scrubHealth.failures, labels: {} }]);
  observe("flowstate.hardening.active", () =>
    findings.map(({ measure, holds }) => ({
      value: holds ? 1 : 0,
      labels: { "flowstate.hardening.measure": measure },
    })),
  );
  whenScrubbed((reach, durationMs) =>
    measureMs("flowstate.scrub.duration", durationMs, { "flowstate.scrub.reach": reach }),
  );
  await rinseParsers();
  return {
    hardening: Object.fromEntries(findings.map(({ measure, holds }) => [measure, holds])),
    scrubFault: () => scrubHealth.fault,
  };
}
