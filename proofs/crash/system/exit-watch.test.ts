// Real: the watch. Doubled: the processes, as promises of their ends.
import { setImmediate as turn } from "node:timers/promises";
import { expect, it } from "vitest";
import { ExitWatch } from "./exit-watch.ts";

function processWith(pid: number) {
  const { promise: exited, resolve: end } = Promise.withResolvers<void>();
  return { pid, exited, end };
}

it("names the part of a process that nobody has ended, and no other", async () => {
  const [killed, failed, late] = [processWith(1), processWith(2), processWith(3)];
  const watch = new ExitWatch();
  watch.watch({ victim: "ingest", server: killed });
  watch.watch({ victim: "audit", server: failed });
  watch.watch({ victim: "extractor", server: late });
  watch.expect(killed);
  killed.end();
  failed.end();
  await turn();
  watch[Symbol.dispose]();
  late.end();
  await turn();
  expect(watch.unexpected).toEqual(["audit"]);
});
