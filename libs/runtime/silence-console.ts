/** What libraries write with. A stack trace or a table is as much of a text as a line is. */
const METHODS = ["debug", "dir", "dirxml", "error", "info", "log", "table", "trace", "warn"] as const;

/**
 * From now on nothing comes out of this thread's console. What libraries say there is of no closed list: the broker's client
 * writes what it could not parse, byte for byte, and that may be events, or anything.
 */
export function silenceConsole(): void {
  Object.assign(console, Object.fromEntries(METHODS.map((method) => [method, () => {}])));
}
