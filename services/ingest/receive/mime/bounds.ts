/**
 * Bounds on the structure of one message, each with what it stops. Meeting one never fails the walk: it goes on with what
 * is left. `MimeBound` are named to the caller, because the message may hold more than was found; what the others stop is
 * nothing that a mailer writes. The first four are what a message gets whose reader sets no limits of its own.
 */

/**
 * Nested multiparts and messages, counted together. Stops a message whose every level costs another comparison of each
 * line and another decoded copy: with it, the work is at most this many times the message. A forward of a forward adds
 * two levels.
 */
export const MAX_DEPTH = 16;

/** Parts of one message, the containers included. Stops a mail made of nothing but delimiters. */
export const MAX_PARTS = 10_000;

/** Of one header block. Stops a "header" that is a whole mail: its lines are read one by one, without a pause. */
export const MAX_HEADER_BYTES = 256 * 1024;

/**
 * Of the name of one part, whatever charset it is in. File systems end at 255 characters, which are 765 bytes at most in
 * UTF-8. Stops what is no name from being decoded as one: names are not kept.
 */
const MAX_FILENAME_BYTES = 1_024;

/** What may be set by whoever reads the message. */
export interface StructureLimits {
  readonly maxDepth: number;
  /** Containers included. */
  readonly maxParts: number;
  /** Of one header block, with the blank line behind it. */
  readonly maxHeaderBytes: number;
  /** Of the name of one part, decoded. */
  readonly maxFilenameBytes: number;
}

export const DEFAULT_LIMITS: StructureLimits = {
  maxDepth: MAX_DEPTH,
  maxParts: MAX_PARTS,
  maxHeaderBytes: MAX_HEADER_BYTES,
  maxFilenameBytes: MAX_FILENAME_BYTES,
};

/** Of one field that the structure is in. Stops a thousand parameters; real ones have a handful. */
export const MAX_FIELD_BYTES = 16 * 1024;

/** Content-Type fields of one header block; there should be one. Stops the bound above from being met once a line. */
export const MAX_CONTENT_TYPES = 4;

/** White space that is looked over at the end of a line. Stops a line of blanks that every candidate would read again. */
export const MAX_PADDING_BYTES = 1_024;

/** A field name is a word. Stops a line without a colon from being read to its end in search of one. */
export const MAX_FIELD_NAME_BYTES = 128;

/** Pieces of one parameter that RFC 2231 split. Stops a thousand pieces of one character. */
export const MAX_PARAMETER_SECTIONS = 64;

/** What a message had more of than is looked at. `memory` is temporary: the budget was full. */
export type MimeBound = "parts" | "depth" | "header_bytes" | "filename_bytes" | "documents" | "memory";
