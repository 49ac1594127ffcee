/**
 * Differences between two sequences above which they are not compared to the end. 5,000 lines of which half were not read
 * differ in 2,500 places; each costs a little more memory and time than the one before.
 */
const MAX_DIFFERENCES = 3_000;

/**
 * As many pairs as possible of equal elements of two sequences, in the order of both (Myers, "An O(ND) Difference Algorithm
 * and Its Variations", 1986): quick where they are nearly the same, however often an element repeats. Empty for sequences
 * that differ too much.
 */
export function matchInOrder(
  lengthA: number,
  lengthB: number,
  areEqual: (a: number, b: number) => boolean,
): readonly (readonly [number, number])[] {
  const limit = Math.min(lengthA + lengthB, MAX_DIFFERENCES);
  // On each diagonal (a − b) how far it was followed in the first sequence; before each further difference.
  const reached = new Int32Array(2 * limit + 3);
  const middle = limit + 1;
  const history: Int32Array[] = [];
  for (let differences = 0; differences <= limit; differences++) {
    history.push(reached.slice(middle - differences - 1, middle + differences + 2));
    for (let diagonal = -differences; diagonal <= differences; diagonal += 2) {
      const from = neighbour(diagonal, differences, (other) => reached[middle + other] ?? 0);
      let a = from.a + (from.diagonal < diagonal ? 1 : 0);
      while (a < lengthA && a - diagonal < lengthB && areEqual(a, a - diagonal)) a++;
      reached[middle + diagonal] = a;
      if (a >= lengthA && a - diagonal >= lengthB) return pairsOf(history, lengthA, lengthB);
    }
  }
  return [];
}

/** Which of the two diagonals beside it leads further onto this one, and how far it was followed. */
function neighbour(diagonal: number, differences: number, reached: (diagonal: number) => number) {
  const isFromAbove =
    diagonal === -differences || (diagonal !== differences && reached(diagonal - 1) < reached(diagonal + 1));
  const other = isFromAbove ? diagonal + 1 : diagonal - 1;
  return { diagonal: other, a: reached(other) };
}

/** Back from the end: what lies on a diagonal between two differences is equal. */
function pairsOf(
  history: readonly Int32Array[],
  lengthA: number,
  lengthB: number,
): readonly (readonly [number, number])[] {
  const pairs: (readonly [number, number])[] = [];
  let [a, b] = [lengthA, lengthB];
  for (let differences = history.length - 1; differences >= 0; differences--) {
    const before = history[differences];
    const from = neighbour(a - b, differences, (diagonal) => before?.[diagonal + differences + 1] ?? 0);
    const [startA, startB] = differences === 0 ? [0, 0] : [from.a, from.a - from.diagonal];
    while (a > startA && b > startB) pairs.push([--a, --b]);
    [a, b] = [startA, startB];
  }
  return pairs.reverse();
}
