/** Often enough to tell turns apart. */
const BEAT_MS = 1;

/** Processor time of this thread since `before`, in milliseconds: how busy the machine is makes no difference to it. */
function processorMsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1_000;
}

/** Processor time of this thread for `work`, in milliseconds, with what other work it does before that resolves. */
export async function processorMsOf(work: () => unknown): Promise<number> {
  const before = process.threadCpuUsage();
  await work();
  return processorMsSince(before);
}

/** What this thread computes at most before others have a turn, in milliseconds, until `work` resolves. */
export async function longestTurnOf(work: () => Promise<unknown>): Promise<number> {
  let longest = 0;
  let last = process.threadCpuUsage();
  const look = () => {
    longest = Math.max(longest, processorMsSince(last));
    last = process.threadCpuUsage();
  };
  const beat = setInterval(look, BEAT_MS);
  await work();
  look();
  clearInterval(beat);
  return longest;
}
