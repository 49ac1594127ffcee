// Real: TCP over loopback, the link. Doubled: the dependency, by a server that says everything back.
import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Fault } from "../table/cell.ts";
import { disturb } from "./disturbance.ts";
import { Link } from "./link.ts";

const SLOW_MS = 60;
/** Longer than anything takes that comes at all. */
const SILENCE_MS = 300;

let heard: string;
let echo: Server;
let link: Link;
let sockets: Socket[];
beforeEach(async () => {
  heard = "";
  sockets = [];
  echo = createServer((socket) => {
    socket.on("error", () => {});
    socket.on("data", (bytes) => {
      heard += String(bytes);
      socket.write(bytes);
    });
  }).listen(0, "127.0.0.1");
  await once(echo, "listening");
  const address = echo.address();
  if (address === null || typeof address === "string") throw new Error("no TCP address");
  link = await Link.to(address.port, { slowMs: SLOW_MS });
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await link[Symbol.asyncDispose]();
  echo.close();
});

async function connected(): Promise<Socket> {
  const socket = connect({ host: "127.0.0.1", port: link.port });
  sockets.push(socket);
  // Every fault may end a connection, also one that nobody asks any more.
  socket.on("error", () => {});
  await once(socket, "connect");
  return socket;
}

/** What comes back for these words: an answer, the code of an error, or nothing. */
async function ask(socket: Socket, words: string): Promise<string> {
  const answered = once(socket, "data").then(([bytes]) => String(bytes));
  const failed = answered.catch((error: NodeJS.ErrnoException) => error.code ?? "unknown");
  socket.write(words);
  return Promise.race([failed, sleep(SILENCE_MS, "silence")]);
}

async function askAnew(words: string): Promise<string> {
  try {
    return await ask(await connected(), words);
  } catch (error) {
    return error instanceof Error && "code" in error ? String(error.code) : "unknown";
  }
}

describe("a link", () => {
  it("carries what it is given while it is well, and nobody meets a fault", async () => {
    expect(await askAnew("hello")).toBe("hello");
    expect(await link.met()).toBe(0);
  });

  it.each<[Fault, string]>([
    ["hang", "each piece that it keeps back"],
    ["slow", "each piece that it delays"],
    ["reset", "each answer in whose place it resets"],
    ["garbage", "each answer that it replaces"],
  ])("that is to %s is met by %s, and by nothing before or after", async (fault) => {
    const socket = await connected();
    expect(await ask(socket, "one")).toBe("one");
    const heal = await disturb(link, fault);
    expect(await link.met()).toBe(0);
    await askAnew("two");
    const met = await link.met();
    expect(met).toBeGreaterThan(0);
    await heal();
    expect(await askAnew("three")).toBe("three");
    expect(await link.met()).toBe(met);
  });

  it("that refuses resets what is connected, and nobody listens until it is well", async () => {
    const socket = await connected();
    expect(await ask(socket, "one")).toBe("one");
    const closed = new Promise((resolve) => socket.once("close", resolve));
    const heal = await disturb(link, "refuse");
    await closed;
    expect(await askAnew("two")).toBe("ECONNREFUSED");
    await heal();
    expect(await askAnew("three")).toBe("three");
  });

  it("that hangs says nothing, and brings everything when it is well", async () => {
    const socket = await connected();
    expect(await ask(socket, "one")).toBe("one");
    const heal = await disturb(link, "hang");
    const answered = once(socket, "data");
    expect(await ask(socket, "two")).toBe("silence");
    expect(await askAnew("three")).toBe("silence");
    await heal();
    expect(String((await answered)[0])).toBe("two");
  });

  it("that is slow takes longer in both directions", async () => {
    const heal = await disturb(link, "slow");
    const beganAt = performance.now();
    expect(await askAnew("hello")).toBe("hello");
    expect(performance.now() - beganAt).toBeGreaterThanOrEqual(2 * SLOW_MS - 5);
    await heal();
  });

  it("that resets lets arrive what was said, and no answer", async () => {
    const heal = await disturb(link, "reset");
    expect(await askAnew("hello")).toBe("ECONNRESET");
    expect(heard).toBe("hello");
    await heal();
  });

  it("that brings garbage lets arrive what was said, and answers with as much of something else", async () => {
    const heal = await disturb(link, "garbage");
    const answer = await askAnew("hello");
    expect(heard).toBe("hello");
    expect(answer).not.toContain("h");
    expect(answer.length).toBeGreaterThan(0);
    await heal();
  });

  it("that flaps is away, there and away again", async () => {
    const heal = await disturb(link, "flapping");
    expect(await askAnew("hello")).toBe("ECONNREFUSED");
    await expect.poll(() => askAnew("hello"), { timeout: 5_000, interval: 50 }).toBe("hello");
    await expect.poll(() => askAnew("hello"), { timeout: 5_000, interval: 50 }).toBe("ECONNREFUSED");
    await heal();
    expect(await askAnew("hello")).toBe("hello");
  });
});
