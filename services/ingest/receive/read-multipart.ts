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

/** How far past its limit a mail is read whose signature has yet to show that it is one. It is hashed, not kept. */
const UNVERIFIED_FACTOR = 2;

/**
 * Reads a request's multipart body, each part into the sink that `open` gives for it. Resolves with the body's size in
 * bytes. Throws as `readBody`; `HttpError` `unsupported_media_type`, and `authentication_failed` when there is a `check`
 * that fails; `MailRefusedError` `mail_malformed` or `mail_over_limits`. With a `check`, a body is only then refused for
 * what it is when it was read to its end and its signature holds: nobody else is told more than that it does not.
 */
export async function readMultipart(
  request: IncomingMessage,
  limits: ReceiveLimits,
  { check, ...body }: BodyOptions & { readonly check: SignatureCheck | undefined },
  open: (head: PartHead) => PartSink | undefined,
): Promise<number> {
  const boundary = boundaryOf(request.headers["content-type"]);
  if (boundary === "not_multipart") throw new HttpError("unsupported_media_type");
  let fault: MailRefusedError | undefined;
  const refuse = (refusal: MailRefusedError) => {
    fault = refusal;
    if (check === undefined) throw refusal;
  };
  if (boundary === "malformed") refuse(new MailRefusedError("mail_malformed"));
  using parser = boundary === "malformed" ? undefined : new MultipartParser(boundary, limits, open);
  const parse = (step: (parser: MultipartParser) => void) => {
    try {
      if (fault === undefined && parser !== undefined) step(parser);
    } catch (error) {
      refuse(refusalOf(error));
    }
  };
  let unread = body.maxBytes;
  const readBytes = check === undefined ? body.maxBytes : body.maxBytes * UNVERIFIED_FACTOR;
  const sizeBytes = await readBody(request, { ...body, maxBytes: readBytes }, (chunk) => {
    check?.update(chunk);
    unread -= chunk.byteLength;
    if (unread < 0 && fault === undefined) refuse(new MailRefusedError("mail_too_large"));
    parse((it) => it.write(chunk));
  }).catch((error: unknown) => {
    // Beyond even that, nobody knows whose it is.
    throw check !== undefined && error instanceof MailRefusedError ? new HttpError("authentication_failed") : error;
  });
  check?.finish();
  parse((it) => it.end());
  if (fault !== undefined) throw fault;
  return sizeBytes;
}

/** Throws what is no fault of the body. */
function refusalOf(error: unknown): MailRefusedError {
  if (error instanceof MailRefusedError) return error;
  if (!(error instanceof MultipartError)) throw error;
  return new MailRefusedError(error.reason === "over_limits" ? "mail_over_limits" : "mail_malformed");
}
