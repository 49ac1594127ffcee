// Real: the HTTP server, a client that keeps its connections. Nothing is doubled.
import { expect, it } from "vitest";
import { createLogger } from "../logger.ts";
import { Drain } from "./drain.ts";
import { livez } from "./livez.ts";
import { createHttpServer } from "./server.ts";

it("from its first moment every answer closes its connection, and the listener is there until it is over", async () => {
  const drain = new Drain();
  const logger = createLogger("test", "error", { write: () => {} });
  await using server = createHttpServer({ logger, requestTimeoutMs: 5_000, drain });
  livez(server);
  const url = await server.listen({ host: "127.0.0.1", port: 0 });
  const connectionAfter = async (path: string) => (await fetch(new URL(path, url))).headers.get("connection");
  expect([drain.hasBegun, await connectionAfter("/livez")]).toEqual([false, "keep-alive"]);

  const over = drain.begin(50);
  expect(drain.hasBegun).toBe(true);
  // The first comes on the connection that was kept, the second on a new one.
  expect(await connectionAfter("/livez")).toBe("close");
  expect(await connectionAfter("/no-such-page")).toBe("close");
  await over;
  expect(await connectionAfter("/livez")).toBe("close");
});

it("takes no time where nothing balances the load", async () => {
  const drain = new Drain();
  await drain.begin(0);
  expect(drain.hasBegun).toBe(true);
});
