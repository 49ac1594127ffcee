import { tenantIdSchema } from "@flowstate/contracts";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { optionalTime, text } from "../database/columns.ts";
import { readEverything } from "../database/read-rows.ts";
import { type ApiAccess, orUnavailable } from "./api-access.ts";
import { type Endpoint, serve } from "./endpoint.ts";
import { cursorSchema, cutPage, limitSchema, nextCursorSchema } from "./page.ts";
import { HEAD_COLUMNS, headAnswer, headRowSchema, headView } from "./segment-heads.ts";

const tenantAnswer = z.strictObject({
  id: z.string(),
  plan: z.string(),
  retention_days: z.int().positive(),
  newest_document_at: z.iso.datetime().nullable().describe("When its newest document was received."),
  head: headAnswer.nullable().describe("Of its newest day; null before its first event."),
});

const pageSchema = z.strictObject({ tenants: z.array(tenantAnswer), next_cursor: nextCursorSchema });

export const LIST_TENANTS = {
  method: "GET",
  path: "/admin/tenants",
  scope: "admin",
  summary: "The tenants that are configured, by their ids",
  query: z.strictObject({ limit: limitSchema, cursor: cursorSchema(z.tuple([tenantIdSchema])) }),
  answer: { description: "A page.", schema: pageSchema },
} as const satisfies Endpoint;

/** One look into an index for each tenant. */
const SELECT_NEWEST = `
  SELECT tenant_id, (SELECT max(received_at) FROM documents WHERE documents.tenant_id = asked.tenant_id) AS received_at
  FROM unnest($1::text[]) AS asked (tenant_id)`;
const SELECT_HEADS = `
  SELECT newest.*
  FROM unnest($1::text[]) AS asked (id), LATERAL (
    SELECT ${HEAD_COLUMNS} FROM segments WHERE tenant_id = asked.id ORDER BY day DESC LIMIT 1
  ) AS newest`;

const newestSchema = z.object({ tenant_id: text, received_at: optionalTime });

/** `GET /admin/tenants?limit&cursor`: whose documents these are, and how each one's record stands. */
export function listTenants(server: FastifyInstance, access: ApiAccess): void {
  const { tenants, operatorPool, logger } = access;
  const byId = tenants.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  serve(server, access, LIST_TENANTS, async ({ query }): Promise<z.output<typeof pageSchema>> => {
    const { limit, cursor: [last] = [] } = query;
    const begun = last === undefined ? byId : byId.filter(({ id }) => id > last);
    const page = cutPage(begun.slice(0, limit + 1), limit, ({ id }) => [id]);
    const ids = page.rows.map(({ id }) => id);
    const reading = readEverything(operatorPool, async (reader) => ({
      newest: await reader.rows(newestSchema, SELECT_NEWEST, [ids]),
      heads: await reader.rows(headRowSchema, SELECT_HEADS, [ids]),
    }));
    const { newest, heads } = await orUnavailable(logger, reading);
    const newestById = new Map(newest.map(({ tenant_id, received_at }) => [tenant_id, received_at]));
    const headById = new Map(heads.map((head) => [head.tenant_id, headView(head)]));
    return {
      tenants: page.rows.map((terms) => ({
        ...terms,
        newest_document_at: newestById.get(terms.id) ?? null,
        head: headById.get(terms.id) ?? null,
      })),
      next_cursor: page.nextCursor,
    };
  });
}
