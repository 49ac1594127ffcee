import { setTimeout as sleep } from "node:timers/promises";

/** What a path needs did not happen: it was not gone as its name says. */
export class NeverHappenedError extends Error {
  override readonly name = "NeverHappenedError";
}

const POLL_MS = 10;
/** Several times as long as a mail has on the paths that wait for something. */
const LIMIT_MS = 15_000;

/** Resolves when `happened` says so. Throws `NeverHappenedError` when it does not in a quarter of a minute; `what` is a clause for that. */
export async function until(
  what: string,
  happened: () => boolean | Promise<boolean>,
  pause: () => Promise<unknown> = () => sleep(POLL_MS),
): Promise<void> {
  const limit = performance.now() + LIMIT_MS;
  while (!(await happened())) {
    if (performance.now() > limit)
      throw new NeverHappenedError(`in ${LIMIT_MS / 1_000} s it never happened that ${what}`);
    await pause();
  }
}

/** Resolves when a double has been asked more often than `before` times. */
export async function untilAsked(double: { readonly attempts: number }, before: number): Promise<void> {
  await until("a double was asked", () => double.attempts > before);
}
