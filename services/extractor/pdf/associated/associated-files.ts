import { PdfObjects } from "./pdf-objects.ts";
import type { PdfValue } from "./read-value.ts";

/** Associated files that are looked at; an e-invoice is one of few. */
const MAX_FILES = 16;

/** A file that belongs to the document as a whole. */
export interface AssociatedFile {
  readonly name: string;
  /** In an allocation of its own. Undefined for a file that is named and cannot be read. */
  read(): Uint8Array | undefined;
}

/**
 * The files that the catalog's `/AF` names (ISO 32000-2, 14.13). PDF/A-3 asks for that entry, and some writers leave it at
 * that, without the list of embedded files that pdf.js reads. Encrypted documents have none here. Bounded by `pdf` and by
 * what a stream may unfold to; never throws.
 */
export function associatedFiles(pdf: Buffer): readonly AssociatedFile[] {
  if (pdf.includes("/Encrypt")) return [];
  const objects = new PdfObjects(pdf);
  const associated = objects.resolve(objects.catalog()?.get("AF"));
  const files = associated?.kind === "array" ? associated.items.slice(0, MAX_FILES) : [associated];
  return files.flatMap((file) => {
    const specification = objects.dictionary(file);
    const name = nameIn(objects.resolve(specification?.get("UF"))) ?? nameIn(objects.resolve(specification?.get("F")));
    if (specification === undefined || name === undefined) return [];
    const embedded = objects.dictionary(specification.get("EF"));
    const read = () => {
      const stream = objects.stream(embedded?.get("UF")) ?? objects.stream(embedded?.get("F"));
      return stream === undefined ? undefined : owned(stream.bytes);
    };
    return [{ name, read }];
  });
}

/** What is not folded is still a part of the document, which nobody here may zero. */
function owned(bytes: Buffer): Uint8Array {
  return bytes.buffer instanceof SharedArrayBuffer ? Uint8Array.from(bytes) : bytes;
}

/** A text string: UTF-16 after a byte order mark, otherwise an encoding that agrees with Latin-1 in what names are made of. */
function nameIn(value: PdfValue | undefined): string | undefined {
  if (value?.kind !== "string") return undefined;
  const { bytes } = value;
  if (bytes[0] === 0xfe && bytes[1] === 0xff && bytes.length % 2 === 0) {
    return Buffer.from(bytes.subarray(2)).swap16().toString("utf16le");
  }
  return bytes.toString("latin1");
}
