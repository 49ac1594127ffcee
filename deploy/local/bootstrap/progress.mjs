import process from "node:process";

/**
 * Announces a slow step, runs it, and says how long it took: `· fetching Node 24.21.0 … 6 s`. The line begins before the
 * work does, so that a hanging step can be named.
 *
 * Progress goes to standard error: what a command answers stays alone on standard output.
 *
 * @template T
 * @param {string} label
 * @param {() => T | Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(label, work) {
  const startedAt = Date.now();
  process.stderr.write(`· ${label} … `);
  try {
    const result = await work();
    process.stderr.write(`${seconds(Date.now() - startedAt)}\n`);
    return result;
  } catch (error) {
    process.stderr.write(`failed after ${seconds(Date.now() - startedAt)}\n`);
    throw error;
  }
}

/** @param {number} milliseconds */
function seconds(milliseconds) {
  return milliseconds < 10_000 ? `${(milliseconds / 1000).toFixed(1)} s` : `${Math.round(milliseconds / 1000)} s`;
}
