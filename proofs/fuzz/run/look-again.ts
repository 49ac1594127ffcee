import { FuzzProcess, type RangeBroken } from "./fuzz-process.ts";
import { type Given, type Opening, type Order, reasonOf, type SeenFault } from "./messages.ts";
import { minimise } from "./minimise.ts";

/** What an input that seemed to do something does in another process: alone, or among the others again. */

/** Where each question needs a process of its own, that ended or has to be killed. */
const MAX_QUESTIONS_TO_PROCESSES = 30;
const MAX_QUESTIONS = 400;
/** In so many processes an input must be slow that none of them has seen before. */
const NEW_PROCESSES = 2;

interface InputOfRun {
  readonly seed: number;
  readonly number: number;
}

/** Which of the inputs that were under way does it alone; undefined when none does. */
export async function findCulprit(
  opening: Opening,
  silenceMs: number,
  seed: number,
  { underWay }: RangeBroken,
): Promise<{ readonly fault: SeenFault; readonly number: number } | undefined> {
  for (const number of underWay) {
    await using alone = await FuzzProcess.start(opening, silenceMs);
    const input = await alone.make(seed, number);
    if (input === undefined) continue;
    const { fault } = await alone.give(input);
    if (fault !== undefined) return { fault, number };
  }
  return undefined;
}

/** Whether a process that is given the same inputs falls silent again, or the one of the number hangs again. */
export async function repeatsAmongOthers(
  opening: Opening,
  silenceMs: number,
  again: Omit<Extract<Order, { order: "run" }>, "order">,
  number: number | undefined,
): Promise<boolean> {
  await using running = await FuzzProcess.start(opening, silenceMs);
  let hangs = false;
  const outcome = await running.run(again, (done) => {
    hangs ||= done.number === number && done.fault?.kind === "hang";
  });
  return hangs || outcome.kind !== "over";
}

/** The input, if processes that never saw it are slow with it. */
export async function isSlowWhenNew(
  opening: Opening,
  silenceMs: number,
  { seed, number, limitMs }: InputOfRun & { readonly limitMs: number },
): Promise<Buffer | undefined> {
  let input: Buffer | undefined;
  for (let time = 0; time < NEW_PROCESSES; time += 1) {
    await using alone = await FuzzProcess.start(opening, silenceMs);
    input = await alone.make(seed, number);
    if (input === undefined || (await alone.give(input)).firstMs <= limitMs) return undefined;
  }
  return input;
}

/** The shortest input found that does it alone; undefined when that of the number does not. */
export async function shortest(
  opening: Opening,
  silenceMs: number,
  { seed, number, fault }: InputOfRun & { readonly fault: SeenFault },
): Promise<Buffer | undefined> {
  let current = await FuzzProcess.start(opening, silenceMs);
  try {
    const give = async (input: Buffer): Promise<Given> => {
      if (!current.alive) {
        await current[Symbol.asyncDispose]();
        current = await FuzzProcess.start(opening, silenceMs);
      }
      return current.give(input);
    };
    const input = await current.make(seed, number);
    const alone = input && (await give(input)).fault;
    if (input === undefined || alone?.kind !== fault.kind) return undefined;
    // What is shorter has to do it for the same reason: a finding says one.
    const doesIt = async (shorter: Buffer) => {
      const seen = (await give(shorter)).fault;
      return seen !== undefined && reasonOf(seen) === reasonOf(alone);
    };
    const costsProcess = !current.alive || fault.kind === "hang";
    return await minimise(input, doesIt, costsProcess ? MAX_QUESTIONS_TO_PROCESSES : MAX_QUESTIONS);
  } finally {
    await current[Symbol.asyncDispose]();
  }
}
