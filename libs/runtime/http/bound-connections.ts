import type { Server, Socket } from "node:net";
import { Server as TlsServer } from "node:tls";
import { normalizeIP } from "@fastify/rate-limit";

/** Of refused connections, how many may be waited for at once until their client has read its answer. */
const MAX_REFUSED_CONNECTIONS = 256;
/** TLS handshakes under way, besides the connections that are established. */
const MAX_HANDSHAKES = 512;

export interface ConnectionBounds {
  readonly maxConnections: number;
  /** From one IPv4 address or one IPv6 /64, which is what one customer has. Behind a proxy, its address is everybody's. */
  readonly maxConnectionsPerAddress: number;
}

/**
 * Counts a server's connections, in all and by address. One too many is handed to `refuse`, and when there are too many of
 * those too, it is closed without a word. (Node's own `maxConnections` never says a word: over TLS it bounds the handshakes
 * under way, during which nothing could be said.)
 */
export function boundConnections(
  server: Server,
  { maxConnections, maxConnectionsPerAddress }: ConnectionBounds,
  refuse: (socket: Socket) => void,
): void {
  const byAddress = new Map<string, number>();
  let accepted = 0;
  let refused = 0;

  const isEncrypted = server instanceof TlsServer;
  if (isEncrypted) server.maxConnections = maxConnections + MAX_REFUSED_CONNECTIONS + MAX_HANDSHAKES;
  server.on(isEncrypted ? "secureConnection" : "connection", (socket: Socket) => {
    const { remoteAddress } = socket;
    // Closed by the other side before anybody looked.
    if (remoteAddress === undefined) {
      socket.destroy();
      return;
    }
    const address = normalizeIP(remoteAddress);
    const ofAddress = byAddress.get(address) ?? 0;
    if (accepted < maxConnections && ofAddress < maxConnectionsPerAddress) {
      accepted += 1;
      byAddress.set(address, ofAddress + 1);
      socket.once("close", () => {
        accepted -= 1;
        const left = (byAddress.get(address) ?? 1) - 1;
        if (left === 0) byAddress.delete(address);
        else byAddress.set(address, left);
      });
      return;
    }
    if (refused >= MAX_REFUSED_CONNECTIONS) {
      socket.destroy();
      return;
    }
    refused += 1;
    socket.once("close", () => {
      refused -= 1;
    });
    refuse(socket);
  });
}
