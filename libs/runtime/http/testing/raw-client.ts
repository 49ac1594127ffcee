import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** A client that sends the bytes it is given and reads when it is told to: no library would send or do such things. */

export interface Answer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

export async function connectTo(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  return socket;
}

/** Sends bytes as they are and reads until the first answer is complete. */
export async function exchange(port: number, raw: string | Buffer): Promise<Answer> {
  const socket = await connectTo(port);
  socket.write(raw);
  try {
    return await answerOn(socket);
  } finally {
    socket.destroy();
  }
}

/** The next complete answer on the socket. Rejects when it closes or breaks before. */
export function answerOn(socket: Socket): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let received = "";
    const take = (data: Buffer) => {
      received += data.toString("latin1");
      const answer = parseAnswer(received);
      if (answer === undefined) return;
      socket.off("data", take);
      resolve(answer);
    };
    socket.on("data", take);
    socket.on("close", () => reject(new Error(`closed without a whole answer: ${received}`)));
    socket.on("error", reject);
    socket.resume();
  });
}

function parseAnswer(received: string): Answer | undefined {
  const end = received.indexOf("\r\n\r\n");
  if (end === -1) return undefined;
  const [statusLine = "", ...headerLines] = received.slice(0, end).split("\r\n");
  const headers = new Map(
    headerLines.map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
    }),
  );
  const body = received.slice(end + 4);
  if (body.length < Number(headers.get("content-length") ?? 0)) return undefined;
  return { status: Number(/^HTTP\/1\.1 (\d{3}) /.exec(statusLine)?.[1]), headers, body };
}

/** A request as text, with a Host, and with a length if it has a body. */
export function requestText(line: string, headers: readonly string[] = [], body = ""): string {
  const length = body === "" ? [] : [`Content-Length: ${Buffer.byteLength(body)}`];
  return [line, "Host: x", ...headers, ...length, "", body].join("\r\n");
}
