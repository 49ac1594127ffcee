import type { Server } from "node:http";
import type { Socket } from "node:net";
import { Server as TlsServer } from "node:tls";

/** How long a connection may take to ask something of a server that closes. */
const FIRST_REQUEST_MS = 500;

/**
 * The connections of a server that have not asked anything yet. Node cuts idle ones when a server closes, but not these, and
 * waits for them: one balancer that connects ahead of time would keep a stopping process until its time is over.
 */
export class SilentConnections {
  readonly #sockets = new Set<Socket>();

  constructor(server: Server) {
    // Over TLS a connection is one of HTTP's only when it has shaken hands; until then it has a time limit of its own.
    server.on(server instanceof TlsServer ? "secureConnection" : "connection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
    });
    server.on("request", ({ socket }) => this.#sockets.delete(socket));
  }

  /** Cuts, a moment later, those that are silent still: a request that is on its way is answered. */
  cutSoon(): void {
    if (this.#sockets.size === 0) return;
    setTimeout(() => {
      for (const socket of this.#sockets) socket.destroy();
    }, FIRST_REQUEST_MS);
  }
}
