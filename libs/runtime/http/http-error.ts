import { ERROR_CATEGORIES, type ErrorCategory, errorBody, RETRY_AFTER_SECONDS } from "@flowstate/contracts";
import type { FastifyReply } from "fastify";

/**
 * A failure with the category that the caller may see. Anything else that is thrown is an `internal_error`. A `cause` is
 * for the log only, where its class and position are told.
 */
export class HttpError extends Error {
  readonly category: ErrorCategory;

  constructor(category: ErrorCategory, options?: ErrorOptions) {
    super(category, options);
    this.name = "HttpError";
    this.category = category;
  }
}

/** Fastify's own error codes that mean something other than a malformed request. */
const FASTIFY_CATEGORIES: Readonly<Record<string, ErrorCategory>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: "payload_too_large",
  FST_ERR_CTP_INVALID_MEDIA_TYPE: "unsupported_media_type",
  FST_ERR_ROUTE_METHOD_NOT_SUPPORTED: "method_not_allowed",
};

/** Anything can be thrown, `null` included; a status that an error brings along is not believed. */
export function categoryOf(error: unknown): ErrorCategory {
  if (error instanceof HttpError) return error.category;
  const { code, statusCode }: { code?: unknown; statusCode?: unknown } = Object(error);
  if (typeof code !== "string" || !code.startsWith("FST_ERR_")) return "internal_error";
  const isClients = typeof statusCode === "number" && statusCode < 500;
  return FASTIFY_CATEGORIES[code] ?? (isClients ? "malformed_request" : "internal_error");
}

/** Answers with a category's status and body. */
export function sendError(reply: FastifyReply, category: ErrorCategory): FastifyReply {
  const comesAgain = category === "temporarily_unavailable" || category === "rate_limited";
  if (comesAgain && !reply.hasHeader("retry-after")) reply.header("retry-after", RETRY_AFTER_SECONDS);
  return reply.code(ERROR_CATEGORIES[category]).send(errorBody(category));
}
