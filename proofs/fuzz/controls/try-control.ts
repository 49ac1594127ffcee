import { runRange } from "../run/run-target.ts";
import { loadTarget } from "../targets/targets.ts";
import type { Control } from "./controls.ts";

/** What hangs hangs for good here, so it need not be waited for as long as what may only be slow. */
const HANG_SILENCE_MS = 4_000;
/** What is planted otherwise does not hang: a process that is silent has no processor. */
const SILENCE_MS = 60_000;

/** Whether a planted bug is found, and as what it is, with the inputs of a run: the same seed, the same corpora. */
export async function tryControl(
  { kind, what, target, plant, inputs }: Control,
  seed: number,
  corpora: readonly string[],
): Promise<boolean> {
  const seek = (fault: { readonly kind: string; readonly what: string }) =>
    fault.kind === kind && fault.what.includes(what ?? "");
  const range = { target: await loadTarget(target), seed, from: 0, until: inputs };
  const silenceMs = kind === "hang" ? HANG_SILENCE_MS : SILENCE_MS;
  const { findings } = await runRange(range, { opening: { corpora: [...corpora], plant }, seek, silenceMs });
  return findings.some(({ fault }) => seek(fault));
}
