import {
  BOUNDS,
  type Cell,
  DEPENDENCIES,
  type Dependency,
  FAULTS,
  type Fault,
  isStated,
  RECORDED_WITHIN_MS,
  type Statement,
} from "../../proofs/faults/table/cell.ts";
import { LASTS_MS, MAIL_DEADLINE_MS, SILENCE_LASTS_MS } from "../../proofs/faults/table/conditions.ts";
import { TABLE } from "../../proofs/faults/table/table.ts";
import { ingestConfig } from "../../services/ingest/config.ts";

const PRODUCTION_DEADLINE_MS = ingestConfig.schema.shape.MAIL_DEADLINE_MS.parse(undefined);

const MS_PER_SECOND = 1_000;
const DEPENDENCY_NAMES = Object.keys(DEPENDENCIES) as Dependency[];

/** `docs/operations/faults.md`: what is stated of every dependency and every way in which it fails. */
export function faultsPage(): string {
  return `# Faults

Generated from \`proofs/faults/table\` by \`npm run generate\`; a test fails when it is stale. \`npm run faults\` has every dependency
fail in every way and holds what it sees to this page ([how](../../proofs/faults/README.md)).

In every cell, and not said again in each:

- no document is lost and none is booked twice, neither that of the mail that meets the fault nor those of the mails accepted
  before and after it; each has exactly one end on record, and its record is complete ${seconds(RECORDED_WITHIN_MS)} after the end of the fault
  at the latest: what audit had in hand when it was cut off is handed out again after a minute;
- the sender is answered 200 or 503 \`{"error":"temporarily_unavailable"}\` with \`Retry-After\`, and what was answered 503 is delivered when it is
  sent again;
- no service has to be started again;
- nothing of the document is in a log, a message or telemetry; the logs are the services', nats-server's and PostgreSQL's.

A fault begins, then a mail comes. The fault lasts until that mail is answered and somebody has met it: a connection was refused,
data kept back, an answer replaced, a name asked for, an ERP shown the wrong time. A cell in which nobody met it does not hold. It
lasts for ${seconds(LASTS_MS)} at least, for ${seconds(SILENCE_LASTS_MS)} when something hangs or says garbage, or for as long as its cell says.

"Well again" is the time from the end of the fault until the same mail and a new one are delivered and every \`/readyz\` is 200.
Of PostgreSQL and its disk the same bound holds for the record: everything that came meanwhile is in it by then.
A mail has ${seconds(MAIL_DEADLINE_MS)} here (\`MAIL_DEADLINE_MS\`), and ${seconds(PRODUCTION_DEADLINE_MS)} by default: in production one that meets something that hangs may be
answered that much later, and tries for that much longer. The bounds count from the end of the fault, which is after its answer:

| | at most |
|---|---|
${Object.entries(BOUNDS)
  .map(([name, milliseconds]) => `| ${name} | ${seconds(milliseconds)} |`)
  .join("\n")}

## What is not shown here

- **Something that fails between push and settlement.** A fault is there before the mail is; only what flaps comes and goes in
  the middle of one. For each moment after that, [\`npm run crash\`](../../proofs/crash/README.md) kills the part that is at work.
- **A jump of the broker's or the database's clock.** The services' clocks are set, within their processes. To the services that
  is as if the other clocks were as much off, the other way; it is not what those servers do themselves when their clock is set.
  It matters because nats-server forgets by its own clock (\`max_age\`). Set ahead by more than 30 s, it drops every lease: a
  second attempt may run beside one that is at work, as when a process was stopped for longer than its lease (\`npm run crash\`
  stops some). Ahead by more than a week, it forgets which documents are finished, and by 29 days, events that audit has not
  read. Set back, it keeps the lease of an instance that died for that much longer, and its document is answered 503 until
  then. Have the clocks of brokers slewed, never stepped. PostgreSQL's clock is compared with audit's, whichever of them is off.
- **A disk that fails, without root.** It takes a small disk of its own, which only root on Linux can mount; elsewhere
  these cells are not gone through, and the last line says how many.

${DEPENDENCY_NAMES.map(section).join("\n\n")}
`;
}

function section(dependency: Dependency): string {
  const name = DEPENDENCIES[dependency];
  const rows = FAULTS.map((fault) => rowOf(fault, TABLE[dependency][fault]));
  return `## ${name.charAt(0).toUpperCase()}${name.slice(1)}

| fault | sender | deferred with | not ready | logged | well again | why |
|---|---|---|---|---|---|---|
${rows.join("\n")}`;
}

function rowOf(fault: Fault, cell: Cell): string {
  if (!isStated(cell)) return `| ${fault} | – | – | – | – | – | no such cell: ${cell.none} |`;
  const { as, answer, because, lastsMs, within } = cell;
  const cells = [
    [as === undefined ? fault : `${fault}: ${as}`, ...(lastsMs === undefined ? [] : [`for ${seconds(lastsMs)}`])].join(
      ", ",
    ),
    answer.join(" or "),
    deferredOf(cell),
    listed(cell.notReady, cell.mayNotBeReady),
    listed(cell.logs.map(code)),
    within,
    because,
  ];
  return `| ${cells.join(" | ")} |`;
}

function deferredOf({ deferred, mayDefer }: Statement): string {
  return listed(deferred.map(linked), mayDefer?.map(linked));
}

function listed(certain: readonly string[], possible: readonly string[] = []): string {
  const words = [...certain, ...possible.map((word) => `perhaps ${word}`)];
  return words.length === 0 ? "–" : words.join(", ");
}

function linked(word: string): string {
  return `[${code(word)}](../errors/${word}.md)`;
}

function seconds(milliseconds: number): string {
  return `${milliseconds / MS_PER_SECOND} s`;
}

function code(word: string): string {
  return `\`${word}\``;
}
