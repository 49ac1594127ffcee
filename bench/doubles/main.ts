import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { successBody } from "@flowstate/local/doubles/gemini-answer.ts";

/**
 * Gemini and the ERP for both sides of the benchmark, in a process of their own whose processor time counts for neither:
 * they read everything, look at nothing, and answer the same at once. The doubles that check what they are sent are the
 * tests'. `PUT /model-delay` with milliseconds as its body makes the model take that long from the end of the request on;
 * `GET /pushed` says how many requests the ERP has answered so far.
 */

const MODEL_PATH = /^\/v1beta\/models\/[\w.-]+:generateContent$/;
const ERP_PATH = "/erp";
const DELAY_PATH = "/model-delay";
const PUSHED_PATH = "/pushed";

const answerOfModel = Buffer.from(JSON.stringify(successBody({})));
const answerOfErp = Buffer.from(JSON.stringify({ received: "booked" }));
let modelDelayMs = 0;
let pushed = 0;

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = request.url?.split("?", 1)[0] ?? "";
  if (request.method === "PUT" && path === DELAY_PATH) {
    modelDelayMs = Number(await text(request));
    return void response.end();
  }
  for await (const _ of request);
  if (MODEL_PATH.test(path)) {
    if (modelDelayMs > 0) await sleep(modelDelayMs);
    return send(response, answerOfModel);
  }
  if (path === ERP_PATH) {
    pushed += 1;
    return send(response, answerOfErp);
  }
  if (path === PUSHED_PATH) return send(response, Buffer.from(String(pushed)));
  response.writeHead(404).end();
}

function send(response: ServerResponse, body: Buffer): void {
  response.writeHead(200, { "content-type": "application/json", "content-length": body.byteLength }).end(body);
}

const server = createServer((request, response) => {
  answer(request, response).catch(() => response.destroy());
});
process.once("SIGTERM", () => process.exit(0));
server.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`${JSON.stringify({ event: "service.ready", url: `http://127.0.0.1:${port}` })}\n`);
});
