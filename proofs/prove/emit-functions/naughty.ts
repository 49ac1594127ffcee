import { newMark, Planter } from "../canaries/canary.ts";

const MARK = newMark();
export const CANARY = new Planter(MARK, 1).text(1);
/** Letters only, so that every shape of a word of ours takes it. */
const LOWER = [...MARK.toLowerCase()].map((letter) => (letter >= "a" ? letter : "q")).join("");
const UPPER = LOWER.toUpperCase();

/** Whether a text holds what every naughty text holds, and nothing that leaves may. */
export function isNaughty(text: string): boolean {
  return text.toLowerCase().includes(LOWER) || text.toLowerCase().includes(MARK.toLowerCase());
}

/** What a document, a mail or a third party's message could be, with a canary in each. */
export const NAUGHTY: readonly string[] = [
  CANARY,
  `Invoice ${CANARY}`,
  `${CANARY}.pdf`,
  `${CANARY}@supplier.example`,
  `https://supplier.example/?q=${CANARY}`,
  `<script>${CANARY}</script>`,
  `'; DROP TABLE events; -- ${CANARY}`,
  `{"vendor":"${CANARY}"}`,
  `line\n    at ${CANARY} (a/b.ts:1:1)`,
  `\u0000${CANARY}\u2028`,
  `${CANARY}\u202e請求書`,
  `%50${CANARY}%00`,
  CANARY.repeat(400),
  // An extracted value can look like any word that we say.
  LOWER,
  UPPER,
  `document_${LOWER}`,
  `documents.${LOWER}`,
  `call ${LOWER}`,
  `/api/${LOWER}/:id`,
  `POST /${LOWER}`,
  `SIG${UPPER}`,
  `FINISH_${UPPER}`,
  `flowstate.documents.${LOWER}.open`,
  `${UPPER.charAt(0)}${LOWER.slice(1)}Error`,
];

/** An error whose every text is this one. */
export function errorOf(text: string): Error {
  const error = new Error(text, { cause: new Error(text) });
  error.name = text;
  return Object.assign(error, { code: text, detail: text });
}

/**
 * The arguments with this text in every place where a value stands, whatever its type says, and then in each place alone:
 * what depends on one value, as a branch does, is taken with the others as they are.
 */
export function* spoilings(given: readonly unknown[], text: string): Generator<readonly unknown[]> {
  yield given.map((value) => spoiled(value, text));
  for (const [index, value] of given.entries()) {
    for (const alone of spoiledInOnePlace(value, text)) yield given.with(index, alone);
  }
}

function spoiled(value: unknown, text: string): unknown {
  if (value instanceof Error) return errorOf(text);
  if (Array.isArray(value)) return value.map((item) => spoiled(item, text));
  if (!isRecord(value)) return text;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, spoiled(item, text)]));
}

function* spoiledInOnePlace(value: unknown, text: string): Generator<unknown> {
  if (!isRecord(value) || value instanceof Error) {
    yield spoiled(value, text);
    return;
  }
  for (const [name, item] of Object.entries(value)) {
    for (const alone of spoiledInOnePlace(item, text)) yield { ...value, [name]: alone };
  }
  // A name that nobody has thought of.
  yield { ...value, [text]: text };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
