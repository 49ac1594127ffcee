import { type ClientRequest, type IncomingMessage, request } from "node:http";

/** One message of an event stream. */
export interface StreamMessage {
  readonly id: number;
  readonly event: string;
  readonly data: unknown;
}

export interface StreamOptions {
  readonly key: string;
  readonly query?: string;
  readonly lastEventId?: number | string;
}

/** A client of `GET /api/stream` over a real connection, which can stop reading and go away. */
export class StreamClient implements Disposable {
  readonly messages: StreamMessage[] = [];
  comments = 0;
  /** Resolves when the stream is over: `ended` by the server, or `cut`. */
  readonly over: Promise<"ended" | "cut">;
  readonly #request: ClientRequest;
  readonly #response: IncomingMessage;
  #text = "";

  private constructor(sent: ClientRequest, response: IncomingMessage) {
    this.#request = sent;
    this.#response = response;
    response.setEncoding("utf8");
    response.on("data", (text: string) => this.#take(text));
    this.over = new Promise((resolve) => {
      response.once("end", () => resolve("ended"));
      response.once("error", () => resolve("cut"));
    });
  }

  /** Resolves when the answer has begun. Rejects with the status when it is not 200. */
  static open(base: string, { key, query = "", lastEventId }: StreamOptions): Promise<StreamClient> {
    const headers = { "x-api-key": key, ...(lastEventId !== undefined && { "last-event-id": lastEventId }) };
    return new Promise((resolve, reject) => {
      const sent = request(new URL(`/api/stream${query}`, base), { headers, agent: false }, (response) => {
        if (response.statusCode === 200) return resolve(new StreamClient(sent, response));
        response.resume();
        reject(new Error(String(response.statusCode)));
      });
      sent.on("error", reject);
      sent.end();
    });
  }

  /** The ids of the events received, in the order of their arrival. */
  get recorded(): readonly number[] {
    return this.messages.filter(({ event }) => event === "recorded").map(({ id }) => id);
  }

  get lastId(): number | undefined {
    return this.messages.at(-1)?.id;
  }

  pause(): void {
    this.#response.pause();
  }

  resume(): void {
    this.#response.resume();
  }

  [Symbol.dispose](): void {
    this.#request.destroy();
  }

  #take(text: string): void {
    this.#text += text;
    const blocks = this.#text.split("\n\n");
    this.#text = blocks.pop() ?? "";
    for (const block of blocks) {
      const fields = new Map(block.split("\n").map((line) => splitOnce(line)));
      const data = fields.get("data");
      if (data === undefined) this.comments += 1;
      else
        this.messages.push({ id: Number(fields.get("id")), event: fields.get("event") ?? "", data: JSON.parse(data) });
    }
  }
}

function splitOnce(line: string): [string, string] {
  const at = line.indexOf(": ");
  return [line.slice(0, at), line.slice(at + 2)];
}
