/** Steps that a reader can count in. */
const STEPS = [1, 2, 5];

/**
 * Where the axis has its ticks: as many as fit, at round distances from zero.
 *
 * @param {number} spanMs how long the axis is, milliseconds
 * @param {number} most how many there may be
 * @returns {number[]} milliseconds from the beginning
 */
export function ticksOf(spanMs, most) {
  if (spanMs <= 0) return [0];
  let stepMs = 1;
  for (let power = 1; spanMs / stepMs > most; power *= 10) {
    for (const step of STEPS) {
      stepMs = step * power;
      if (spanMs / stepMs <= most) break;
    }
  }
  return Array.from({ length: Math.floor(spanMs / stepMs) + 1 }, (_, index) => index * stepMs);
}
