import type { CodeOf } from "@flowstate/contracts";
import type { GhostBytes } from "@flowstate/ghost";
import { z } from "zod";

/** The e-invoice data inside a document, already read: it is parsed in the same thread as the PDF around it. */
export type EInvoice =
  | {
      /**
       * `read`: it can be booked from. `incomplete`: its profile leaves out the lines. `contradicts_page`: the document's
       * pages ask for another amount, or in another currency.
       */
      readonly state: "read" | "incomplete" | "contradicts_page";
      /** JSON of `Facts`, UTF-8. Whoever receives the reading wipes it. */
      readonly facts: GhostBytes;
    }
  /** `absent`: no XML is attached. `unusable`: some is, and it is no e-invoice. */
  | { readonly state: "absent" | "unusable" | "over_limits" };

/** What a person can read on the pages, as text. */
export type PageText =
  /** JSON of a `TextLayer`, UTF-8. Whoever receives the reading wipes it. */
  | { readonly state: "read"; readonly layer: GhostBytes }
  /** `absent`: no page has visible text, as in a plain scan. `unreadable`: a page is damaged, or has too much to look at. */
  | { readonly state: "absent" | "unreadable" };

/** What is known of a document that carries no data of its own, before its pages are read: enough to say who reads it. */
export interface WithoutData {
  readonly pageCount: number;
  readonly eInvoice: Exclude<EInvoice, { facts: unknown }>;
}

export type UnreadableCode = Extract<
  CodeOf<"refused">,
  "document_encrypted" | "document_unreadable" | "document_over_parser_limits"
>;

/** What opening a document told. */
export type DocumentReading =
  | {
      readonly result: "opened";
      readonly pageCount: number;
      readonly eInvoice: EInvoice;
      readonly text: PageText;
    }
  | { readonly result: "refused"; readonly code: UnreadableCode }
  /** The caller's signal ended the reading; nothing is known about the document. */
  | { readonly result: "stopped" };

const bytes = z.custom<Uint8Array<ArrayBuffer>>((value) => value instanceof Uint8Array && !isShared(value));

/**
 * The first thing that the parser thread posts. Parsed on arrival, like the second: it comes from where hostile input was
 * handled.
 */
export const threadAnswerSchema = z.discriminatedUnion("result", [
  z.strictObject({
    result: z.literal("opened"),
    page_count: z.int().positive(),
    e_invoice: z.discriminatedUnion("state", [
      z.strictObject({ state: z.enum(["read", "incomplete"]), facts: bytes }),
      z.strictObject({ state: z.enum(["absent", "unusable", "over_limits"]) }),
    ]),
  }),
  z.strictObject({
    result: z.literal("refused"),
    code: z.enum(["document_encrypted", "document_unreadable"]),
  }),
]);
export type ThreadAnswer = z.infer<typeof threadAnswerSchema>;

/** The second, after `opened`: the document is accepted by then, and may do without. */
export const threadTextSchema = z.discriminatedUnion("state", [
  z.strictObject({ state: z.literal("read"), layer: bytes, contradicts_e_invoice: z.boolean() }),
  z.strictObject({ state: z.enum(["absent", "unreadable"]) }),
]);
export type ThreadText = z.infer<typeof threadTextSchema>;

function isShared(value: Uint8Array): boolean {
  return value.buffer instanceof SharedArrayBuffer;
}
