import { once } from "node:events";
import { createServer, setMaxIdleHTTPParsers } from "node:http";
import { connect, Socket } from "node:net";
import { setImmediate as eventLoopTurn } from "node:timers/promises";
import { Client } from "undici";

/**
 * HTTP parsers and sockets keep what they read last. Nothing in the process can reach that memory, and nothing but further
 * traffic overwrites it, so further traffic is made: requests and answers of zeros that never leave the process.
 */

/**
 * A parser keeps the pieces of headers that broke off in a slab of 8 KiB, and waits in a list when its connection is gone.
 * With one place in the list, the parser of the rinse is the one that waited there.
 */
setMaxIdleHTTPParsers(1);
const SLAB_BYTES = 8 * 1024;
/** Pieces are put one behind the other as long as they fit, so large ones come first; a parser keeps 32 at most. */
const PIECE_BYTES = [...Array.from({ length: SLAB_BYTES / 512 }, () => 512), 256, 128, 64, 32, 16, 8, 4, 2];
const BROKEN_HEAD = `POST / HTTP/1.1\r\n${PIECE_BYTES.map((bytes, number) => `X-${number}: ${"0".repeat(bytes)}`).join("\r\n")}`;

/** What Node reads from a connection at once; its HTTP parser has one buffer of this size for all connections. */
const READ_BYTES = 64 * 1024;
/** Several times that, so that at least one reading fills the buffer from end to end. */
const WATER = Buffer.alloc(4 * READ_BYTES);
/**
 * undici's parser copies what it is given into a buffer that grows to the largest piece so far, and leaves the smaller one
 * behind as it is. Two readings can come as one piece, so this is larger than any: after the first rinse the buffer never
 * grows again.
 */
const PIECE = Buffer.concat([
  Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${WATER.length}\r\n\r\n`, "latin1"),
  WATER,
]);

/**
 * Overwrites what the parsers of Node and of undici, and the memory that sockets read into, hold. Called once before any
 * content comes, and again whenever content has left. Rejects when it cannot be done.
 */
export async function rinseParsers(): Promise<void> {
  await Promise.all([rinseNode(), rinseUndici()]);
}

let rinses = 0;

/** A request to a server that exists for it, and its answer. The address is abstract: no file, no port. */
async function rinseNode(): Promise<void> {
  const server = createServer((request, response) => {
    request.resume().on("end", () => void response.end(WATER));
  });
  rinses += 1;
  server.listen(`\0flowstate-rinse-${process.pid}-${rinses}`);
  try {
    await once(server, "listening");
    const accepted = once(server, "connection");
    const socket = connect(String(server.address()));
    socket.write(BROKEN_HEAD);
    const [connection] = await accepted;
    // Only what a reading ends in the middle of is put into the slab.
    while (connection.bytesRead < BROKEN_HEAD.length && !connection.destroyed) await eventLoopTurn();
    socket.write(`\r\nHost: rinse\r\nConnection: close\r\nContent-Length: ${WATER.length}\r\n\r\n`);
    socket.end(WATER);
    socket.resume();
    await once(socket, "close");
  } finally {
    server.close();
  }
}

/** An answer in one piece, on a connection that is none. */
async function rinseUndici(): Promise<void> {
  const client = new Client("http://rinse", {
    connect: (_options, callback) => setImmediate(() => callback(null, new AnsweringSocket())),
  });
  try {
    const { body } = await client.request({ method: "GET", path: "/" });
    for await (const _ of body);
  } finally {
    await client.destroy();
  }
}

/** Answers whatever is written to it. */
class AnsweringSocket extends Socket {
  override _read(): void {}

  override _write(_request: unknown, _encoding: unknown, done: () => void): void {
    done();
    // A request that is answered before it is over would lose its connection.
    setImmediate(() => this.push(PIECE));
  }
}
