import { z } from "zod";

const lineSchema = z.looseObject({ event: z.string() });

/** How often services have logged each event. Lines that are none of ours have none. */
export function countEvents(logs: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const line of logs.split("\n")) {
    const parsed = lineSchema.safeParse(parsedJson(line));
    if (parsed.success) counts.set(parsed.data.event, (counts.get(parsed.data.event) ?? 0) + 1);
  }
  return counts;
}

/** What was logged between two counts. Lines of several services are in no common order, and their clocks may be off. */
export function loggedBetween(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): ReadonlySet<string> {
  return new Set([...after].filter(([event, count]) => count > (before.get(event) ?? 0)).map(([event]) => event));
}

function parsedJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
