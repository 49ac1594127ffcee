import type { Bench } from "./bench/bench.ts";
import type { Answered } from "./paths/exit-path.ts";
import type { Findings } from "./search/findings.ts";
import { recentTemporaryFiles } from "./search/recent-files.ts";
import type { Searcher } from "./search/searcher.ts";

/** What there is beside the bench's own files, and what was said. */
export interface Elsewhere {
  readonly answers: readonly Answered[];
  readonly audited: readonly string[];
  /** Programs and libraries, whose unwritten pages no search of a process reads. */
  readonly mapped: readonly string[];
  readonly opened: readonly string[];
  /** Milliseconds since 1970. */
  readonly startedAt: number;
}

/** Searches files and what was said, by place. */
export async function searchElsewhere(
  bench: Bench,
  searcher: Searcher,
  { answers, audited, mapped, opened, startedAt }: Elsewhere,
): Promise<Readonly<Record<string, Findings>>> {
  const said = answers.map(({ headers = {}, body, isCallersOwn }) =>
    JSON.stringify([headers, isCallersOwn === true ? "" : (body ?? "")]),
  );
  const recent = recentTemporaryFiles(startedAt);
  const inTemporary = await searcher.search({ files: recent.files });
  return {
    nats_store: await searcher.search({ files: bench.files.nats_store }),
    postgres_data: await searcher.search({ files: bench.files.postgres_data }),
    logs: await searcher.search({ files: bench.files.logs }),
    mapped_files: await searcher.search({ files: mapped }),
    opened_files: await searcher.search({ files: opened }),
    temporary_folders: { ...inTemporary, skipped: [...inTemporary.skipped, ...recent.skipped] },
    spans: await searcher.search({ texts: bench.collector.bodies("traces") }),
    metrics: await searcher.search({ texts: bench.collector.bodies("metrics") }),
    answers: await searcher.search({ texts: said }),
    audit_answers: await searcher.search({ texts: audited }),
    slack: await searcher.search({ texts: bench.slack }),
  };
}
