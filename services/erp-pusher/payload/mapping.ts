/** What one mapping may ask for. Lengths in UTF-16 units. */
export const MAPPING_LIMITS = {
  /** Those inside `each` included: a field of a line costs time and room for each of thousands of lines. */
  fields: 200,
  /** Of a name, the dots that nest it included. */
  nameLength: 128,
  /** Objects in objects: more is a mistake, and JSON parsers have limits. */
  nameDepth: 8,
  /** The schema's deepest place takes about 60. */
  pointerLength: 128,
  /** A constant stands in each line, too. */
  constantLength: 1_024,
  /** As a constant; and each value in it has a length of its own. */
  templateLength: 1_024,
  /**
   * Of the whole body. A mapping can take the same long list many times, and a sender decides how long it is; without a
   * mapping, the largest extraction is as large as this.
   */
  bodyBytes: 16 * 1024 * 1024,
} as const;

/**
 * A tenant's field mapping, as it is carried out: read and checked once at start (`mapping-schema.ts`), in pieces that are
 * bytes already. docs/erp/mapping.md says how it is written.
 */
export interface PayloadMapping {
  /** Whether the mapped object stands in the envelope, in the extraction's place, or is the whole body. */
  readonly envelope: boolean;
  /** What becomes of a field whose source is null. */
  readonly nulls: "keep" | "omit";
  readonly members: readonly MappedMember[];
}

export interface MappedMember {
  /** The name as JSON with its colon: `"invoiceNo":`. */
  readonly name: Uint8Array;
  readonly value: MappedValue;
}

export type MappedValue =
  /** What lies there, as it stands: a text, a list, an object. */
  | { readonly form: "copy"; readonly from: Source }
  /** A decimal without its quotes. */
  | { readonly form: "number"; readonly from: Source }
  | { readonly form: "constant"; readonly json: Uint8Array }
  /** Bytes stand for themselves, as they stand inside the quotes of a JSON text. */
  | { readonly form: "template"; readonly parts: readonly (Uint8Array | Source)[] }
  /** An object for each item of a list. */
  | { readonly form: "each"; readonly of: Source; readonly members: readonly MappedMember[] }
  | { readonly form: "object"; readonly members: readonly MappedMember[] };

/** Where a value is taken from. */
export interface Source {
  /** `here`: the extraction, or inside `each` the item; `payload`: the full payload. */
  readonly root: "here" | "payload";
  /** Names of members, and indices of items in decimal digits. */
  readonly steps: readonly string[];
}
