/** The whole number that an option says, `least` or more. What is none is added to the problems. */
export function wholeNumber(option: string, text: string, least: number, problems: string[]): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(number) && number >= least) return number;
  problems.push(`--${option} takes a whole number from ${least}, not "${text}"`);
  return least;
}

/** More than anybody goes through: a range that is mistyped is not to fill the memory. */
const MOST_NUMBERS = 1_000_000;

/** The numbers of runs in a list of them and of ranges, `7,100-199`, in its order; none when it is something else. */
export function readNumbers(text: string): readonly number[] {
  const numbers: number[] = [];
  for (const part of text.split(",")) {
    const [, first, last = first] = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(part) ?? [];
    const length = Number(last) - Number(first) + 1;
    if (!(length > 0 && numbers.length + length <= MOST_NUMBERS)) return [];
    for (let at = 0; at < length; at++) numbers.push(Number(first) + at);
  }
  return numbers;
}
