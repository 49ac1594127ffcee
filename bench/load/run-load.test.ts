// Real: HTTP over loopback. Doubled: the side, by a server that answers as it is told.

import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { MailBody } from "./mail-body.ts";
import { runLoad } from "./run-load.ts";

const BODY = new MailBody("documents@demo.example", 1_000);

async function sideThat(answers: (response: ServerResponse, mail: number) => void) {
  let mails = 0;
  const server = createServer((request, response) => {
    request.resume().once("end", () => answers(response, ++mails));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return { name: "side", url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, apiKey: "key" };
}

describe("a load", () => {
  it("goes on for its time on a fast side, and counts no lane's first mail", async () => {
    const side = await sideThat((response) => response.end("{}"));
    const result = await runLoad(side, BODY, { concurrency: 2, leastMs: 200, mailsPerLane: 2 });
    expect(result.durationMs).toBeGreaterThanOrEqual(200);
    expect(result.mails).toBeGreaterThan(4);
    expect(result.latenciesMs).toHaveLength(result.mails - 2);
  });

  it("sends what each lane must on a slow one", async () => {
    const side = await sideThat((response) => setTimeout(() => response.end("{}"), 50));
    const result = await runLoad(side, BODY, { concurrency: 3, leastMs: 1, mailsPerLane: 2 });
    expect(result).toMatchObject({ mails: 6, latenciesMs: { length: 3 } });
  });

  it("sends a mail again that was answered 503, and its time goes on", async () => {
    const side = await sideThat((response, mail) => response.writeHead(mail === 2 ? 503 : 200).end("{}"));
    const result = await runLoad(side, BODY, { concurrency: 1, leastMs: 1, mailsPerLane: 2 });
    expect(result).toMatchObject({ mails: 2, busyAnswers: 1 });
    expect(result.latenciesMs[0]).toBeGreaterThan(200);
  });

  it("fails at any other answer", async () => {
    const side = await sideThat((response) => response.writeHead(401).end("{}"));
    await expect(runLoad(side, BODY, { concurrency: 1, leastMs: 1, mailsPerLane: 1 })).rejects.toThrow("401");
  });
});
