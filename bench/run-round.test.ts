// Real: a load over loopback HTTP. Doubled: the side, by a server that accepts everything, and what its ERP was sent.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { type Case, QUICK_PACE } from "./cases.ts";
import { warm } from "./run-round.ts";
import type { Side } from "./sides/side.ts";

const CASE: Case = { sizeMb: 0.1, documentBytes: 100_000, concurrency: 2, modelDelayMs: 0 };

/** Accepts every mail, and pushes each of them unless told otherwise. */
async function sideThat({ pushes }: { readonly pushes: boolean }): Promise<Side> {
  let pushed = 0;
  const server = createServer((request, response) => {
    request.resume().once("end", () => {
      if (pushes) pushed += 1;
      response.end("{}");
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return {
    name: "side",
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    apiKey: "key",
    recipient: "documents@demo.example",
    processes: () => ({}),
    database: undefined,
    pushed: async () => pushed,
    async [Symbol.asyncDispose]() {},
  };
}

it("counts no mail that was accepted and not pushed", async () => {
  await expect(warm(await sideThat({ pushes: true }), CASE, QUICK_PACE)).resolves.toBeUndefined();
  await expect(warm(await sideThat({ pushes: false }), CASE, QUICK_PACE)).rejects.toThrow("pushed 0");
});
