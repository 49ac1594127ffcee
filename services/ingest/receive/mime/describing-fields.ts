import { ascii, equalsWord, isBlank, isLineBreak, lowerCased, startsWithWord } from "./ascii.ts";
import { isBase64Line } from "./base64.ts";
import { MAX_CONTENT_TYPES, MAX_FIELD_BYTES } from "./bounds.ts";
import { type ContentType, parseContentType } from "./content-type.ts";
import { matchBoundary } from "./delimiters.ts";
import { type FileName, fileNameIn, merged } from "./file-name.ts";
import { parseTransferEncoding, type TransferEncoding } from "./transfer-encoding.ts";

/** What the fields of a header block say about its part. */
export interface Described {
  /** Undefined when there is no such field. Of several, the first that opens a multipart; or else the first. */
  readonly contentType: ContentType | undefined;
  /** Of several, the first that is a change. */
  readonly encoding: TransferEncoding;
  /** Undefined when there is no such field. Of several, the first. */
  readonly disposition: "attachment" | "other" | undefined;
  /** What Content-Type and Content-Disposition call it; undefined when it has no name. */
  readonly fileName: FileName | undefined;
  readonly hasContentId: boolean;
}

/** Where a field lies: its folded lines included, its last line break too. */
export interface Field {
  readonly start: number;
  readonly colon: number;
  readonly end: number;
}

/** The letter that all of them begin with. */
const INITIAL = 0x63;
const CONTENT_TYPE = ascii("content-type");
const CONTENT_TRANSFER_ENCODING = ascii("content-transfer-encoding");
const CONTENT_DISPOSITION = ascii("content-disposition");
const CONTENT_ID = ascii("content-id");
const ATTACHMENT = ascii("attachment");
const NAME = ascii("name");
const FILENAME = ascii("filename");

/** The four fields that matter, as they are met. */
export class DescribingFields {
  #contentType: ContentType | undefined;
  #contentTypes = 0;
  #encoding: TransferEncoding = "identity";
  #disposition: "attachment" | "other" | undefined;
  #fileName: FileName | undefined;
  #hasContentId = false;
  #overlong = false;

  /** A field that the structure is in is longer than is looked at. */
  get overlong(): boolean {
    return this.#overlong;
  }

  get found(): Described {
    return {
      contentType: this.#contentType,
      encoding: this.#encoding,
      disposition: this.#disposition,
      fileName: this.#fileName,
      hasContentId: this.#hasContentId,
    };
  }

  take(source: Buffer, field: Field | undefined): void {
    if (field === undefined || lowerCased(source[field.start] ?? 0) !== INITIAL) return;
    let nameEnd = field.colon;
    while (isBlank(source[nameEnd - 1])) nameEnd -= 1;
    const name = source.subarray(field.start, nameEnd);
    const value = source.subarray(field.colon + 1, Math.min(field.end, field.colon + 1 + MAX_FIELD_BYTES));
    const isCut = value.length === MAX_FIELD_BYTES;
    if (equalsWord(name, CONTENT_TYPE)) this.#takeContentType(value, isCut);
    else if (equalsWord(name, CONTENT_DISPOSITION)) this.#takeDisposition(value, isCut);
    else if (equalsWord(name, CONTENT_ID)) this.#hasContentId = true;
    else if (equalsWord(name, CONTENT_TRANSFER_ENCODING) && this.#encoding === "identity") {
      this.#encoding = parseTransferEncoding(value);
    }
  }

  /** A multipart whose blank line is missing begins with its own delimiter. */
  opensMultipartAt(source: Buffer, lineStart: number): boolean {
    const boundary = this.#contentType?.boundary;
    return boundary !== undefined && matchBoundary(source, lineStart, boundary) !== undefined;
  }

  /** Whether stray lines before the blank line cannot be the body, because the body is base64 and they are not. */
  ruleOutBody(source: Buffer, strayLines: number): boolean {
    return this.#encoding === "base64" && !isBase64Line(source, strayLines);
  }

  #takeContentType(value: Buffer, isCut: boolean): void {
    if (this.#contentType?.boundary !== undefined) return;
    this.#contentTypes += 1;
    if (isCut || this.#contentTypes > MAX_CONTENT_TYPES) this.#overlong = true;
    if (this.#contentTypes > MAX_CONTENT_TYPES) return;
    this.#fileName = merged(this.#fileName, fileNameIn(value, NAME));
    const contentType = parseContentType(value);
    if (this.#contentType === undefined || contentType.boundary !== undefined) this.#contentType = contentType;
  }

  #takeDisposition(value: Buffer, isCut: boolean): void {
    if (this.#disposition !== undefined) return;
    if (isCut) this.#overlong = true;
    this.#fileName = merged(this.#fileName, fileNameIn(value, FILENAME));
    this.#disposition = startsWithWord(withoutLeadingBlanks(value), ATTACHMENT) ? "attachment" : "other";
  }
}

function withoutLeadingBlanks(value: Buffer): Buffer {
  let start = 0;
  while (isBlank(value[start]) || isLineBreak(value[start])) start += 1;
  return value.subarray(start);
}
