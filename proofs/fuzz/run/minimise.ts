/**
 * The shortest input found that still does the same: pieces are taken out as long as that goes, large ones first, and what
 * stays is made plain. Asks at most so many times whether an input still does it.
 */
export async function minimise(
  input: Buffer,
  doesIt: (input: Buffer) => Promise<boolean>,
  maxQuestions: number,
): Promise<Buffer> {
  let least = input;
  let questions = 0;
  const takes = async (shorter: Buffer) => {
    questions += 1;
    if (!(await doesIt(shorter))) return false;
    least = shorter;
    return true;
  };
  for (let size = input.length >> 1; size >= 1 && questions < maxQuestions; size >>= 1) {
    for (let at = 0; at < least.length && questions < maxQuestions; ) {
      const without = Buffer.concat([least.subarray(0, at), least.subarray(at + size)]);
      if (!(await takes(without))) at += size;
    }
  }
  return least;
}
