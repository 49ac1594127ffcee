import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { ApiAccess } from "./api-access.ts";
import { type Endpoint, serve } from "./endpoint.ts";

const sessionSchema = z.strictObject({
  scope: z.enum(["tenant", "admin"]).describe("admin: the key is an operator's."),
  tenant: z.string().nullable().describe("Whose key it is; null for an operator's."),
  tenants: z
    .array(
      z.strictObject({
        id: z.string(),
        plan: z.string(),
        retention_days: z.int().positive().describe("How long what is known of its documents is kept."),
      }),
    )
    .describe("The tenants that the key sees: its own, or all that are configured."),
  trace_url_template: z.string().nullable().describe("Where a trace is to be seen; {trace_id} stands for its id."),
});

export const GET_SESSION = {
  method: "GET",
  path: "/api/session",
  scope: "read",
  summary: "What the key is good for",
  query: z.strictObject({}),
  answer: { description: "The key is right.", schema: sessionSchema },
} as const satisfies Endpoint;

/** `GET /api/session`: what a page needs to know about the key that was entered. Asks no database. */
export function getSession(server: FastifyInstance, access: ApiAccess): void {
  serve(server, access, GET_SESSION, async ({ viewer }): Promise<z.output<typeof sessionSchema>> => {
    const { tenants, traceUrlTemplate } = access;
    return {
      scope: viewer.kind === "tenant" ? "tenant" : "admin",
      tenant: viewer.tenant ?? null,
      tenants: tenants.filter(({ id }) => viewer.kind === "operator" || id === viewer.tenant),
      trace_url_template: traceUrlTemplate ?? null,
    };
  });
}
