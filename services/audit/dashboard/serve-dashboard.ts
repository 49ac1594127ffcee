import { HttpError } from "@flowstate/runtime";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { DashboardFiles } from "./dashboard-files.ts";
import { PAGE_HEADERS } from "./page-headers.ts";

/** Asked again each time, answered 304 while it is the same. */
const REVALIDATED = "no-cache";
const IMMUTABLE = "public, max-age=31536000, immutable";

const paramsSchema = z.object({ version: z.string(), "*": z.string() });

/**
 * `GET /`: the dashboard's page, which is public and empty: its data comes from `/api/*` and needs a key. Its files stand
 * at `/dashboard/<version>/<name>`, where the version is their content's, so that a browser keeps them for good. While
 * instances of two versions run side by side, either answers for both with what it has, and nobody keeps that.
 */
export function serveDashboard(server: FastifyInstance, { version, page, files }: DashboardFiles): void {
  const etag = `"${version}"`;
  server.get("/", (request, reply) => {
    reply.headers(PAGE_HEADERS).header("cache-control", REVALIDATED).header("etag", etag);
    if (request.headers["if-none-match"] === etag) return reply.code(304).send();
    return reply.type("text/html; charset=utf-8").send(page);
  });

  server.get("/dashboard/:version/*", (request, reply) => {
    const { version: asked, "*": name } = paramsSchema.parse(request.params);
    const file = files.get(name);
    if (file === undefined) throw new HttpError("not_found");
    return reply
      .headers(PAGE_HEADERS)
      .header("cache-control", asked === version ? IMMUTABLE : "no-store")
      .type(file.type)
      .send(file.bytes);
  });
}
