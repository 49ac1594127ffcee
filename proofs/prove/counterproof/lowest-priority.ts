import type { RunUnder } from "../../../deploy/local/servers/server-process.ts";

/**
 * Starts a process with the lowest priority that there is. Linux shares processor time among sessions first, and a server has a
 * session of its own: `nice` counts within one only, and each session has a value like it beside the others (sched(7), "The
 * autogroup feature"). Where there is none nothing is lost.
 */
export const withLowestPriority: RunUnder = () => [
  "/bin/sh",
  "-c",
  '{ echo 19 > /proc/self/autogroup; } 2>/dev/null; exec "$0" "$@"',
];
