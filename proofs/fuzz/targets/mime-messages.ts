import { MemoryBudget } from "@flowstate/ghost";
import { messageKeyOf } from "../../../services/ingest/receive/message-key.ts";
import { findDocuments } from "../../../services/ingest/receive/mime/find-documents.ts";
import { BYTE_MUTATORS, insertWords, spliceWith } from "../mutate/bytes.ts";
import { LINE_MUTATORS } from "../mutate/lines.ts";
import { balanced, fixed, mutated } from "../mutate/mutator.ts";
import type { Fault, Taken, Target } from "../target.ts";
import { readCorpus } from "./corpus.ts";
import { messageSeed } from "./mail-seeds.ts";

const MAX_DOCUMENT_BYTES = 200_000;
const MAX_DOCUMENTS = 20;
const BUDGET_BYTES = 8 * 1024 * 1024;
const WORDS = [
  "Content-Type: multipart/mixed; boundary=b\r\n",
  "Content-Type: message/rfc822\r\n",
  "Content-Type: application/pdf; name*0*=utf-8''%ff; name*1=\"x\"\r\n",
  "Content-Transfer-Encoding: base64\r\n",
  "Content-Transfer-Encoding: quoted-printable\r\n",
  "\r\n--b\r\n",
  "\r\n--b--\r\n",
  "=?utf-8?B?JVBERi0=?=",
  "%PDF-",
  "=\r\n",
  "(((",
  '"\\',
];

/** Raw messages: documents are found or not, nothing is thrown, and what was taken of the budget is given back. */
export const MIME_MESSAGES: Target = {
  name: "mime",
  runs: "the finder of documents in messages, called directly",
  share: 183,
  atOnce: 1,
  async open({ corpora }) {
    const seeds = balanced([messageSeed], (await readCorpus(corpora, "message")).map(fixed));
    const mutators = [...LINE_MUTATORS, ...LINE_MUTATORS, ...BYTE_MUTATORS, spliceWith(seeds), insertWords(WORDS)];
    return {
      make: (random) => mutated(seeds, mutators, random),
      give,
      async [Symbol.asyncDispose]() {},
    };
  },
};

/** What is accepted has a document. */
async function give(message: Buffer): Promise<Taken | Fault> {
  const budget = new MemoryBudget(BUDGET_BYTES);
  let taken: Taken = "refused";
  const bounds = { maxDocumentBytes: MAX_DOCUMENT_BYTES, maxDocuments: MAX_DOCUMENTS, budget };
  {
    using found = await findDocuments(Buffer.from(message), bounds);
    messageKeyOf(found.headers);
    if (found.documents.length > MAX_DOCUMENTS) return { kind: "broken_promise", what: "more documents than allowed" };
    const kept = found.documents.reduce((sum, { content }) => sum + (content.wiped ? 0 : content.length), 0);
    if (found.documents.length > 0) taken = "accepted";
    if (kept > budget.reservedBytes) return { kind: "broken_promise", what: "more is held than was reserved" };
  }
  return budget.reservedBytes === 0 ? taken : { kind: "leak", what: "a reservation is not given back" };
}
