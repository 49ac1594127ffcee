import { isEnd, WAY } from "./observe/record.ts";
import type { SeenCell, SeenDocument } from "./seen.ts";
import { BOUNDS, RECORDED_WITHIN_MS, type Statement } from "./table/cell.ts";

/** What is true in every cell, whatever it states of its own. */
const REFUSAL = JSON.stringify({ error: "temporarily_unavailable" });
const SECONDS = /^[1-9]\d{0,3}$/;
const DELIVERED = "document.delivered";
/** Whoever comes again while another attempt still has the document finds that out, in any cell. */
const ANYWHERE = ["claimed_elsewhere"];

/** What was seen that the statement does not say, in words; none when the cell holds. */
export function deviationsOf(stated: Statement, seen: SeenCell): string[] {
  return [
    ...(seen.met > 0 ? [] : ["nobody met the fault"]),
    ...answerDeviations(stated, seen),
    ...documentDeviations(seen.document),
    ...recordDeviations(stated, seen.document),
    ...seen.others.flatMap((document) => otherDeviations(stated, document)),
    ...readinessDeviations(stated, seen),
    ...stated.logs.filter((event) => !seen.logs.has(event)).map((event) => `nobody logged ${event}`),
    ...(seen.restarted ? ["a service was started again"] : []),
    ...recordedDeviations(stated, seen),
    ...(seen.recoveredMs > BOUNDS[stated.within]
      ? [`well again after ${seen.recoveredMs} ms, not ${stated.within} (${BOUNDS[stated.within]} ms)`]
      : []),
  ];
}

function answerDeviations({ answer }: Statement, seen: SeenCell): string[] {
  if (!answer.some((status) => status === seen.answer)) return [`the sender was answered ${seen.answer}`];
  if (seen.answer !== 503) return [];
  const isNamed = JSON.stringify(seen.body) === REFUSAL;
  return [
    ...(isNamed ? [] : ["a 503 said something else than why"]),
    ...(SECONDS.test(seen.retryAfter ?? "") ? [] : ["a 503 did not say when to come again"]),
  ];
}

/** Nothing lost and nothing doubled, as the ERP and the record know it. */
function documentDeviations({ bookedAs, documentId, sentAfterAnswer, events }: SeenDocument): string[] {
  const deviations: string[] = [];
  if (!bookedAs.includes(documentId)) deviations.push("lost: the ERP does not have the document");
  if (bookedAs.length > 1) deviations.push("doubled: the ERP has it under several ids");
  if (sentAfterAnswer > 0) deviations.push("doubled: the ERP was sent it after its sender was told that it is done");
  const ends = events.filter(isEnd).map(({ type }) => type);
  if (ends.join() !== DELIVERED) deviations.push(`on record it ended as [${ends.join(", ")}]`);
  return deviations;
}

/** A mail that did not meet the fault may be deferred as one that did, and need not be. */
function otherDeviations({ deferred, mayDefer = [] }: Statement, document: SeenDocument): string[] {
  const may = { deferred: [], mayDefer: [...deferred, ...mayDefer] };
  return [...documentDeviations(document), ...recordDeviations(may, document)].map((each) => `another mail: ${each}`);
}

function recordDeviations(
  { deferred, mayDefer = [] }: Pick<Statement, "deferred" | "mayDefer">,
  { events }: SeenDocument,
): string[] {
  const seen = new Set(events.flatMap(({ type, code }) => (type === "document.deferred" ? [code ?? "none"] : [])));
  const allowed = new Set([...deferred, ...mayDefer, ...ANYWHERE]);
  return [
    ...deferred.filter((code) => !seen.has(code)).map((code) => `not on record: deferred with ${code}`),
    ...[...seen].filter((code) => !allowed.has(code)).map((code) => `on record: deferred with ${code}`),
    ...[...WAY, "document.wiped"]
      .filter((type) => !events.some((event) => event.type === type))
      .map((type) => `not on record: ${type}`),
  ];
}

function recordedDeviations({ isRecordedWithin, within }: Statement, { recordedMs }: SeenCell): string[] {
  const limitMs = isRecordedWithin === true ? BOUNDS[within] : RECORDED_WITHIN_MS;
  return recordedMs > limitMs ? [`on record after ${recordedMs} ms, not within ${limitMs} ms`] : [];
}

function readinessDeviations({ notReady, mayNotBeReady = [] }: Statement, seen: SeenCell): string[] {
  const allowed = new Set<string>([...notReady, ...mayNotBeReady]);
  return [
    ...notReady.filter((name) => !seen.notReady.has(name)).map((name) => `${name} said that it is ready`),
    ...[...seen.notReady].filter((name) => !allowed.has(name)).map((name) => `${name} said that it is not ready`),
  ];
}
