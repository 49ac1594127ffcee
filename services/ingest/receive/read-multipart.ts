import type { IncomingMessage } from "node:http";
import { HttpError } from "@flowstate/runtime";
import { MailRefusedError } from "../mail-refused.ts";
import type { ReceiveLimits } from "./limits.ts";
import { boundaryOf } from "./multipart/boundary.ts";
import { MultipartError } from "./multipart/multipart-error.ts";
import { MultipartParser, type PartSink } from "./multipart/multipart-parser.ts";
import type { PartHead } from "./multipart/part-head.ts";
import { type BodyOptions, readBody } from "./read-body.ts";
import type { SignatureCheck } from "./verify-signature.ts";

/**
 * Reads a request's multipart body, each part into the sink that `open` gives for it. Resolves with the body's size in
 * bytes. Throws as `readBody`; `HttpError` `unsupported_media_type`, and `authentication_failed` when there is a `check`
 * that fails; `MailRefusedError` `mail_malformed` or `mail_over_limits`.
 */
export async function readMultipart(
  request: IncomingMessage,
  limits: ReceiveLimits,
  { check, ...body }: BodyOptions & { readonly check: SignatureCheck | undefined },
  open: (head: PartHead) => PartSink | undefined,
): Promise<number> {
  const boundary = boundaryOf(request.headers["content-type"]);
  if (boundary === "not_multipart") throw new HttpError("unsupported_media_type");
  if (boundary === "malformed") throw new MailRefusedError("mail_malformed");
  using parser = new MultipartParser(boundary, limits, open);
  let fault: MailRefusedError | undefined;
  const parse = (step: () => void) => {
    try {
      if (fault === undefined) step();
    } catch (error) {
      fault = refusalOf(error);
      // Who cannot show a signature is not told more than that; otherwise there is nothing to read on for.
      if (check === undefined) throw fault;
    }
  };
  const sizeBytes = await readBody(request, body, (chunk) => {
    check?.update(chunk);
    parse(() => parser.write(chunk));
  });
  check?.finish();
  parse(() => parser.end());
  if (fault !== undefined) throw fault;
  return sizeBytes;
}

/** Throws what is no fault of the body. */
function refusalOf(error: unknown): MailRefusedError {
  if (error instanceof MailRefusedError) return error;
  if (!(error instanceof MultipartError)) throw error;
  return new MailRefusedError(error.reason === "over_limits" ? "mail_over_limits" : "mail_malformed");
}
