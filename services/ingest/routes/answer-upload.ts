import type { Code, ErrorCategory } from "@flowstate/contracts";
import { GhostBytes } from "@flowstate/ghost";
import type { UploadReading } from "../process/process-upload.ts";
import { answerMail } from "./answer-mail.ts";

/** The answer that carries extractions; whoever sends `body` wipes it. */
export type ReadingAnswer =
  | { readonly kind: "read"; readonly body: GhostBytes }
  | { readonly kind: "failed"; readonly category: ErrorCategory; readonly code: Code };

/**
 * The answer to a caller who asked for the extractions: as that to a mail, each read document with its `extraction`. Built
 * as bytes; the extractions are wiped on the way.
 */
export function answerReading(reading: UploadReading): ReadingAnswer {
  const answer = answerMail(reading, "all");
  if (answer.kind === "failed") return answer;
  const { documents, ...head } = answer.body;
  const body = GhostBytes.growing();
  body.append(Buffer.from(`${JSON.stringify(head).slice(0, -1)},"documents":[`));
  for (const [index, described] of documents.entries()) {
    const extraction = reading.documents[index]?.extraction;
    const json = JSON.stringify(described);
    body.append(Buffer.from(index === 0 ? "" : ","));
    if (extraction === undefined) {
      body.append(Buffer.from(json));
      continue;
    }
    body.append(Buffer.from(`${json.slice(0, -1)},"extraction":`));
    for (const slice of extraction.slices(extraction.length)) body.append(slice);
    body.append(Buffer.from("}"));
    extraction.wipe();
  }
  body.append(Buffer.from("]}"));
  return { kind: "read", body };
}
