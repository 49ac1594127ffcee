import { once } from "node:events";
import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import type { BrokerTls } from "@flowstate/messaging";
import { z } from "zod";

/** What a server of the broker says of itself before anybody has logged in (docs.nats.io, "Client protocol", INFO). */
const infoSchema = z.object({
  version: z.string(),
  max_payload: z.int().positive(),
  tls_required: z.boolean().default(false),
  cluster: z.string().optional(),
});
export type BrokerInfo = z.output<typeof infoSchema>;

const INFO = /^INFO (\{.*\}) ?\r\n/;
const DEFAULT_PORT = 4222;

/**
 * Connects to one server, hears its INFO, and agrees with it on TLS if `tls` is given and the server does TLS. Rejects with
 * Node's error, whose code says why.
 */
export async function meetBroker(server: URL, tls: BrokerTls | undefined, timeoutMs: number): Promise<BrokerInfo> {
  const signal = AbortSignal.timeout(timeoutMs);
  const port = server.port === "" ? DEFAULT_PORT : Number(server.port);
  const socket = connectTcp({ host: server.hostname, port });
  try {
    const info = await infoOf(socket, signal);
    if (tls !== undefined && info.tls_required) await agreeOnTls(socket, server.hostname, tls, signal);
    return info;
  } finally {
    socket.destroy();
  }
}

async function infoOf(socket: Socket, signal: AbortSignal): Promise<BrokerInfo> {
  let text = "";
  for (;;) {
    const [piece] = await once(socket, "data", { signal });
    text += String(piece);
    const [, json] = INFO.exec(text) ?? [];
    if (json !== undefined) return infoSchema.parse(JSON.parse(json));
  }
}

async function agreeOnTls(socket: Socket, host: string, tls: BrokerTls, signal: AbortSignal): Promise<void> {
  const secure: TLSSocket = connectTls({
    socket,
    host,
    servername: host,
    ca: tls.trusted,
    cert: tls.certificate,
    key: tls.key,
  });
  await once(secure, "secureConnect", { signal });
  secure.destroy();
}
