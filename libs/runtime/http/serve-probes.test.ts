// Real: the listener, requests over loopback. Doubled: whether the service works.
import { describe, expect, it } from "vitest";
import { createLogger } from "../logger.ts";
import { serveProbes } from "./serve-probes.ts";

const logger = createLogger("test", "error", { write: () => {} });
const listening = () => serveProbes({ host: "127.0.0.1", port: 0, logger });

async function asked(url: string, path: string, headers: Readonly<Record<string, string>> = {}) {
  const answer = await fetch(new URL(path, url), { headers });
  return [answer.status, await answer.json()];
}

const UNAVAILABLE = [503, { error: "temporarily_unavailable" }];

describe("a service that listens for probes only", () => {
  it("is alive from the beginning, and ready while it works", async () => {
    await using probes = await listening();
    let works = true;
    expect(await asked(probes.url, "/livez")).toEqual([200, { status: "live" }]);
    expect(await asked(probes.url, "/readyz")).toEqual(UNAVAILABLE);
    const stopping = probes.readyWhile(() => works);
    expect(await asked(probes.url, "/readyz")).toEqual([200, { status: "ready" }]);
    works = false;
    expect(await asked(probes.url, "/readyz")).toEqual(UNAVAILABLE);
    works = true;
    stopping[Symbol.dispose]();
    expect(await asked(probes.url, "/readyz")).toEqual(UNAVAILABLE);
    expect(await asked(probes.url, "/livez")).toEqual([200, { status: "live" }]);
  });

  it("answers nothing else, and nobody who shows a key to the network", async () => {
    await using probes = await listening();
    using _working = probes.readyWhile(() => true);
    expect(await asked(probes.url, "/readyz", { "x-api-key": "the-operators-own-key-0123456789" })).toEqual(
      UNAVAILABLE,
    );
    for (const path of ["/", "/metrics", "/readyz?verbose"]) expect(await asked(probes.url, path)).toEqual(UNAVAILABLE);
  });

  it("does not start where something else listens", async () => {
    await using probes = await listening();
    const port = Number(new URL(probes.url).port);
    await expect(serveProbes({ host: "127.0.0.1", port, logger })).rejects.toThrow("EADDRINUSE");
  });
});
