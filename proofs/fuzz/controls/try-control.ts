import { FuzzProcess } from "../run/fuzz-process.ts";
import type { SeenFault } from "../run/messages.ts";
import { findCulprit } from "../run/run-target.ts";
import type { Control } from "./controls.ts";

/** What hangs hangs for good here, so it need not be waited for as long as what may only be slow. */
const HANG_SILENCE_MS = 3_000;
/** What is planted otherwise does not hang: a process that is silent has no processor. */
const SILENCE_MS = 60_000;

/** Whether a planted bug is found with the inputs of a run. */
export async function tryControl({ kind, what = "", target, plant, inputs }: Control, seed: number): Promise<boolean> {
  const opening = { target, corpora: [], plant };
  const silenceMs = kind === "hang" ? HANG_SILENCE_MS : SILENCE_MS;
  await using running = await FuzzProcess.start(opening, silenceMs);
  let found = false;
  const note = (fault: SeenFault | undefined) => {
    if (fault?.kind !== kind || !fault.what.includes(what)) return;
    found = true;
    running.kill();
  };
  const outcome = await running.run({ seed, from: 0, until: inputs }, ({ fault }) => note(fault));
  if (outcome.kind === "over") for (const fault of outcome.faults) note(fault);
  if (found || outcome.kind === "over") return found;
  const culprit = await findCulprit(opening, silenceMs, seed, outcome);
  return culprit?.fault.kind === kind;
}
