import { ERROR_CATEGORIES } from "@flowstate/contracts";
import { SpanKind, withSpan } from "../telemetry.ts";
import { categoryOf } from "./http-error.ts";

/** Wraps a route's work in the server span of its trace, continuing the caller's if there is one. */
export async function tracedRequest<T>(
  request: { readonly method: string; readonly headers: Readonly<Record<string, string | string[] | undefined>> },
  reply: { readonly statusCode: number },
  route: string,
  work: () => Promise<T>,
): Promise<T> {
  const traceparent = request.headers["traceparent"];
  return withSpan(
    `${request.method} ${route}`,
    {
      kind: SpanKind.SERVER,
      attributes: { "http.request.method": request.method, "http.route": route },
      parent: typeof traceparent === "string" ? traceparent : undefined,
    },
    async (span) => {
      try {
        const result = await work();
        span.set({ "http.response.status_code": reply.statusCode });
        return result;
      } catch (error) {
        span.set({ "http.response.status_code": ERROR_CATEGORIES[categoryOf(error)] });
        throw error;
      }
    },
  );
}
