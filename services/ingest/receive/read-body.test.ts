// Real: HTTP over loopback, the reading of a body, its memory. Doubled: nothing.
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { MemoryBudget } from "@flowstate/ghost";
import { isGivenBack, isZeroed } from "@flowstate/local/testing/zeroed.ts";
import { expect, it, onTestFinished } from "vitest";
import { Admission } from "./admission.ts";
import { readBody } from "./read-body.ts";

const MIB = 1024 * 1024;

/** Reads one body as ingest does; what `take` throws is what it rejects with. */
async function readOne(content: Buffer, take: (chunk: Buffer) => void): Promise<number> {
  const reading = Promise.withResolvers<number>();
  const server = createServer((incoming, response) => {
    const admission = Admission.of(incoming, new MemoryBudget(64 * MIB), 32 * MIB);
    const stopping = new AbortController().signal;
    readBody(incoming, { admission, maxBytes: 32 * MIB, minBytesPerSecond: 0, stopping }, take)
      .then(reading.resolve, reading.reject)
      .finally(() => response.end());
  }).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const sending = request({ port, method: "POST", headers: { "content-length": content.length } });
  sending.on("error", () => {}).on("response", (response) => response.resume());
  sending.end(content);
  return await reading.promise;
}

it("gives each buffer of a body back, zeroed, as soon as it was taken", async () => {
  const content = randomBytes(3 * MIB);
  const taken: Buffer[] = [];
  const copies: Buffer[] = [];
  const sizeBytes = await readOne(content, (chunk) => {
    expect(taken.every(isGivenBack)).toBe(true);
    taken.push(chunk);
    copies.push(Buffer.from(chunk));
  });
  expect(sizeBytes).toBe(content.length);
  expect(Buffer.concat(copies).equals(content)).toBe(true);
  expect(taken.length).toBeGreaterThan(10);
  expect(taken.every((chunk) => isGivenBack(chunk) && isZeroed(chunk))).toBe(true);
});

it("gives the buffer back, too, that could not be taken", async () => {
  const taken: Buffer[] = [];
  const reading = readOne(randomBytes(MIB), (chunk) => {
    taken.push(chunk);
    throw new Error("refused");
  });
  await expect(reading).rejects.toThrow("refused");
  expect(taken.map((chunk) => isGivenBack(chunk) && isZeroed(chunk))).toEqual([true]);
});
