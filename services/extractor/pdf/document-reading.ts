import type { CodeOf } from "@flowstate/contracts";
import type { GhostBytes } from "@flowstate/ghost";
import { z } from "zod";
import type { Validation } from "../validate-extraction.ts";

/** The e-invoice data inside a document, already read: it is parsed in the same thread as the PDF around it. */
export type EInvoice =
  | { readonly state: "read"; readonly extraction: GhostBytes; readonly validation: Validation }
  /** Nothing is attached under a name that the standards use. */
  | { readonly state: "absent" }
  /** Something is, and it is no CII invoice. */
  | { readonly state: "unusable" }
  | { readonly state: "over_limits" };

export type UnreadableCode = Extract<
  CodeOf<"refused">,
  "document_encrypted" | "document_unreadable" | "document_over_parser_limits"
>;

/** What opening a document told. */
export type DocumentReading =
  | { readonly result: "opened"; readonly pageCount: number; readonly eInvoice: EInvoice }
  | { readonly result: "refused"; readonly code: UnreadableCode }
  /** The caller's signal ended the reading; nothing is known about the document. */
  | { readonly result: "stopped" };

/** What the parser thread posts, parsed on arrival: it comes from where hostile input was handled. */
export const threadAnswerSchema = z.discriminatedUnion("result", [
  z.strictObject({
    result: z.literal("opened"),
    page_count: z.int().positive(),
    e_invoice: z.discriminatedUnion("state", [
      z.strictObject({
        state: z.literal("read"),
        json: z.custom<Uint8Array<ArrayBuffer>>((value) => value instanceof Uint8Array && !isShared(value)),
        validation: z.strictObject({
          status: z.enum(["valid", "warnings", "invalid"]),
          issueCount: z.int().nonnegative(),
        }),
      }),
      z.strictObject({ state: z.enum(["absent", "unusable", "over_limits"]) }),
    ]),
  }),
  z.strictObject({
    result: z.literal("refused"),
    code: z.enum(["document_encrypted", "document_unreadable"]),
  }),
]);
export type ThreadAnswer = z.infer<typeof threadAnswerSchema>;

function isShared(bytes: Uint8Array): boolean {
  return bytes.buffer instanceof SharedArrayBuffer;
}
