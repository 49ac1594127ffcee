/** What a date may be that is printed somewhere: no calendar was asked yet whether there is such a day. */
export interface DateReading {
  /** As it is printed, of two digits or four. */
  readonly year: string;
  /** From 1; another number where the month is none. */
  readonly month: number;
  readonly day: number;
  /** Where it stands in its text, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
}

export type Span = Pick<DateReading, "start" | "end">;

export function spanOf({ 0: found, index }: RegExpExecArray): Span {
  return { start: index, end: index + found.length };
}
