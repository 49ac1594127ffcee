import type { Server } from "@flowstate/local/servers/server-process.ts";
import type { Victim } from "../plan/plan-run.ts";

/** Notices processes that end though nobody has ended them: what comes back by itself would hide that it was gone. */
export class ExitWatch implements Disposable {
  /** Of which part, in the order in which it happened. */
  readonly unexpected: Victim[] = [];
  readonly #expected = new Set<number>();
  #isOver = false;

  /** From now on, the process that runs now. */
  watch({ victim, server }: { readonly victim: Victim; readonly server: Pick<Server, "pid" | "exited"> }): void {
    const { pid } = server;
    void server.exited.then(() => {
      if (!this.#isOver && !this.#expected.delete(pid)) this.unexpected.push(victim);
    });
  }

  /** The process that runs now is about to be ended. */
  expect({ pid }: Pick<Server, "pid">): void {
    this.#expected.add(pid);
  }

  /** What ends from now on ends because all is over. */
  [Symbol.dispose](): void {
    this.#isOver = true;
  }
}
