import type { FastifyInstance } from "fastify";

/** `GET /livez`: the process runs and answers. Says nothing of what it depends on: a restart would mend none of that. */
export function livez(server: FastifyInstance): void {
  server.get("/livez", async () => ({ status: "live" }));
}
