import type { Case } from "./cases.ts";
import { MailBody } from "./load/mail-body.ts";
import { type LoadResult, runLoad } from "./load/run-load.ts";
import { median, percentile } from "./measure/statistics.ts";
import { type Usage, UsageMeter } from "./measure/usage-meter.ts";
import type { Side } from "./sides/side.ts";

/** One round of one case on one side, or the medians of several. */
export interface Figures {
  readonly mailsPerSecond: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  /** Undefined when the processes are somebody else's. */
  readonly usage: UsageFigures | undefined;
  /** Answers 503 in all. */
  readonly busyAnswers: number;
}

export interface UsageFigures {
  readonly processorSecondsPerMail: number;
  readonly processorSecondsPerMailByName: Readonly<Record<string, number>>;
  readonly peakBytes: number;
  readonly idleBytes: number;
  /** What memory grew by at its peak, for each byte of documents under way. */
  readonly growthPerByteInFlight: number;
}

/** Runs one round. */
export async function runRound(side: Side, it: Case): Promise<Figures> {
  const body = new MailBody(side.recipient, it.documentBytes);
  using meter = new UsageMeter(side);
  const result = await runLoad(side, body, it);
  return figuresOf(it, result, Object.keys(side.processes()).length === 0 ? undefined : meter.read());
}

function figuresOf(it: Case, { latenciesMs, durationMs, busyAnswers }: LoadResult, usage: Usage | undefined): Figures {
  return {
    mailsPerSecond: it.mails / (durationMs / 1_000),
    p50Ms: percentile(latenciesMs, 0.5),
    p95Ms: percentile(latenciesMs, 0.95),
    p99Ms: percentile(latenciesMs, 0.99),
    usage: usage && {
      processorSecondsPerMail: usage.processorSeconds / it.mails,
      processorSecondsPerMailByName: mapValues(usage.processorSecondsByName, (seconds) => seconds / it.mails),
      peakBytes: usage.peakBytes,
      idleBytes: usage.idleBytes,
      growthPerByteInFlight: (usage.peakBytes - usage.idleBytes) / (it.documentBytes * it.concurrency),
    },
    busyAnswers,
  };
}

/** Of each figure the median over the rounds; of busy answers the sum. */
export function mediansOf(rounds: readonly Figures[]): Figures {
  const of = (figure: (round: Figures) => number) => median(rounds.map(figure));
  const usages = rounds.flatMap(({ usage }) => (usage === undefined ? [] : [usage]));
  const ofUsage = (figure: (usage: UsageFigures) => number) => median(usages.map(figure));
  const [first] = usages;
  return {
    mailsPerSecond: of(({ mailsPerSecond }) => mailsPerSecond),
    p50Ms: of(({ p50Ms }) => p50Ms),
    p95Ms: of(({ p95Ms }) => p95Ms),
    p99Ms: of(({ p99Ms }) => p99Ms),
    usage: first && {
      processorSecondsPerMail: ofUsage(({ processorSecondsPerMail }) => processorSecondsPerMail),
      processorSecondsPerMailByName: mapValues(first.processorSecondsPerMailByName, (_, name) =>
        ofUsage((usage) => usage.processorSecondsPerMailByName[name] ?? 0),
      ),
      peakBytes: ofUsage(({ peakBytes }) => peakBytes),
      idleBytes: ofUsage(({ idleBytes }) => idleBytes),
      growthPerByteInFlight: ofUsage(({ growthPerByteInFlight }) => growthPerByteInFlight),
    },
    busyAnswers: rounds.reduce((sum, { busyAnswers }) => sum + busyAnswers, 0),
  };
}

function mapValues(
  values: Readonly<Record<string, number>>,
  change: (value: number, name: string) => number,
): Record<string, number> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value, name)]));
}
