import { once } from "node:events";
import { createServer, type Server as TcpServer } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import { freePort } from "./free-port.ts";
import type { Server } from "./server-process.ts";
import { type SupervisedServer, supervise } from "./supervise.ts";

// Real: the supervision, TCP ports. Doubled: the server that is supervised, which ends when the test says so.

const FIRST_PID = 900_001;

class EndableServer implements Server {
  readonly url: string | undefined;
  readonly logPath = "/dev/null";
  pid = FIRST_PID;
  restarts = 0;
  stops = 0;
  failNextRestart = false;
  exited: Promise<void>;
  end: () => void = () => {};

  constructor(url?: string) {
    this.url = url;
    this.exited = this.#run();
  }

  #run(): Promise<void> {
    return new Promise((resolve) => {
      this.end = resolve;
    });
  }

  async stop(): Promise<void> {
    this.stops += 1;
    this.end();
  }

  async kill(): Promise<void> {
    this.end();
  }

  async restart(): Promise<void> {
    if (this.failNextRestart) {
      this.failNextRestart = false;
      throw new Error("out of luck");
    }
    this.restarts += 1;
    this.pid += 1;
    this.exited = this.#run();
  }
}

const running: SupervisedServer[] = [];
function supervised(server: EndableServer): {
  part: SupervisedServer;
  said: string[];
  onChange: ReturnType<typeof vi.fn>;
} {
  const said: string[] = [];
  const onChange = vi.fn();
  const say = (sentence: string) => said.push(sentence);
  const part = supervise({ name: "part", server, say, onChange, restartDelayMs: 1 });
  running.push(part);
  return { part, said, onChange };
}
afterEach(() => Promise.all(running.splice(0).map((part) => part.release())));

async function listening(port: number): Promise<TcpServer> {
  const server = createServer((socket) => socket.destroy()).listen(port, "127.0.0.1");
  await once(server, "listening");
  return server;
}

describe("a supervised part", () => {
  it("is started again when it ended, as often as it ends", async () => {
    const server = new EndableServer();
    const { part, onChange } = supervised(server);
    for (const times of [1, 2, 3]) {
      server.end();
      await vi.waitFor(() => expect(server.restarts).toBe(times));
      await vi.waitFor(() => expect(onChange).toHaveBeenCalledTimes(times));
      expect(part.pid).toBe(FIRST_PID + times);
    }
  });

  it("is tried again when it could not be started", async () => {
    const server = new EndableServer();
    const { said } = supervised(server);
    server.failNextRestart = true;
    server.end();
    await vi.waitFor(() => expect(server.restarts).toBe(1));
    expect(said).toContain("part could not be started again (out of luck)");
  });

  it("stays down once it is released", async () => {
    const server = new EndableServer();
    const { part, said } = supervised(server);
    await part.release();
    server.end();
    await server.exited;
    expect(server.restarts).toBe(0);
    expect(said).toEqual([]);
  });

  it("is stopped without being started again", async () => {
    const server = new EndableServer();
    const { part } = supervised(server);
    await part.stop();
    expect(server.stops).toBe(1);
    expect(server.restarts).toBe(0);
  });

  it("is left alone while somebody else's process has its port, and started again when that ends", async () => {
    const port = await freePort();
    const byHand = await listening(port);
    const server = new EndableServer(`http://127.0.0.1:${port}`);
    const { part, said, onChange } = supervised(server);
    server.end();
    await vi.waitFor(() => expect(onChange).toHaveBeenCalledTimes(1), { timeout: 5_000 });
    expect(said.join()).toContain("left alone");
    expect(server.restarts).toBe(0);
    if (process.platform === "linux") expect(part.pid).toBe(process.pid);
    byHand.close();
    await vi.waitFor(() => expect(server.restarts).toBe(1), { timeout: 5_000 });
    expect(part.pid).toBe(FIRST_PID + 1);
  });
});
