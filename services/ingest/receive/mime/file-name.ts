import { ascii, equalsWord, isBlank } from "./ascii.ts";
import { decodeWords } from "./encoded-words.ts";
import { parameterOf } from "./parameters.ts";

/** What there is to know of a file's name, which is content itself. */
export interface FileName {
  /** Length in whatever charset, without what it was wrapped in. Of several forms, the longest. */
  readonly bytes: number;
  /** In any case, in any of its forms. */
  readonly endsInPdf: boolean;
  /** The name of a message, `.eml`. */
  readonly endsInEml: boolean;
}

const PDF_EXTENSION = ascii(".pdf");
const MESSAGE_EXTENSION = ascii(".eml");

/** Looks at a name that nothing is wrapped around but encoded words. Undefined if it is empty. */
export function fileNameOf(name: Buffer): FileName | undefined {
  const decoded = decodeWords(name);
  let end = decoded.length;
  while (isBlank(decoded[end - 1])) end -= 1;
  const extension = decoded.subarray(Math.max(0, end - PDF_EXTENSION.length), end);
  const [endsInPdf, endsInEml] = [equalsWord(extension, PDF_EXTENSION), equalsWord(extension, MESSAGE_EXTENSION)];
  decoded.fill(0);
  return end === 0 ? undefined : { bytes: end, endsInPdf, endsInEml };
}

/** Looks at the name that a field's parameter gives. Many give two forms, for old readers and for new ones. */
export function fileNameIn(field: Buffer, parameter: Buffer): FileName | undefined {
  const { whole, joined } = parameterOf(field, parameter);
  let found: FileName | undefined;
  for (const form of [whole, joined]) {
    if (form === undefined) continue;
    found = merged(found, fileNameOf(form));
    form.fill(0);
  }
  return found;
}

/** What two forms of one name say together. */
export function merged(one: FileName | undefined, other: FileName | undefined): FileName | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return {
    bytes: Math.max(one.bytes, other.bytes),
    endsInPdf: one.endsInPdf || other.endsInPdf,
    endsInEml: one.endsInEml || other.endsInEml,
  };
}
