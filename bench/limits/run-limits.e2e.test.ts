// Real: two nats-servers, the sending and the receiving processes, hardened where they seal, PostgreSQL. Doubled: nothing. It
// shows that the limits are measured; it judges no speed.
import { describe, expect, it } from "vitest";
import { runLimits } from "./run-limits.ts";

const LIMIT_MS = 120_000;

describe.runIf(process.platform === "linux")("the short form of the limits", () => {
  it(
    "measures each",
    async () => {
      const limits = await runLimits("short", 1);
      expect(Object.keys(limits)).toEqual([
        "tcp",
        "nats_chunks_1mb",
        "sealed_transfer_1mb",
        "nats_chunks_20mb",
        "sealed_transfer_20mb",
        "aes_gcm",
        "sql_rows",
      ]);
      for (const rate of Object.values(limits)) expect(rate).toBeGreaterThan(0);
    },
    LIMIT_MS,
  );
});
