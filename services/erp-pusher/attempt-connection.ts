import type { Socket } from "node:net";
import { type buildConnector, errors } from "undici";

/** Of all that an ERP says on one connection: its status, headers (16 KiB at most), and of a body what politeness reads. */
export const MAX_ANSWER_BYTES = 64 * 1024;

/**
 * The one connection of an attempt, as undici is to have it. Left to itself, undici makes another one, and another, when the
 * first is lost before the request was written; reads for as long as status lines, interim answers or empty lines go on; and
 * closes the connection as soon as an answer is complete that says so, whether the request was sent completely or not.
 */
export class AttemptConnection {
  readonly #connect: buildConnector.connector;
  #asked = false;
  #socket: Socket | undefined;

  constructor(connect: buildConnector.connector) {
    this.#connect = connect;
  }

  /** Whether there was one: the request is written to it at once. */
  get made(): boolean {
    return this.#socket !== undefined;
  }

  readonly connector: buildConnector.connector = (target, callback) => {
    // Not undici's error for sockets, which it answers with a further connection.
    if (this.#asked) return callback(Object.assign(new Error("the connection was lost"), { code: "ECONNRESET" }), null);
    this.#asked = true;
    this.#connect(target, (...established) => {
      if (established[0] === null) this.#socket = bounded(established[1]);
      callback(...established);
    });
  };

  /** Whether everything written so far leaves this process: false when the connection ends before. */
  async allSent(): Promise<boolean> {
    const socket = this.#socket;
    if (socket === undefined || socket.writableLength === 0) return true;
    return new Promise((resolve) => socket.write("", (error) => resolve(error === undefined || error === null)));
  }
}

function bounded(socket: Socket): Socket {
  return socket.on("readable", () => {
    if (socket.bytesRead > MAX_ANSWER_BYTES) socket.destroy(new errors.HeadersOverflowError());
  });
}
