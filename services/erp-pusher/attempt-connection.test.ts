import { Socket } from "node:net";
import type { buildConnector } from "undici";
import { describe, expect, it } from "vitest";
import { AttemptConnection } from "./attempt-connection.ts";

// Real: nothing but the class. Doubled: the way to the ERP. What comes of it on the wire is in send-webhook.test.ts.

const TARGET: buildConnector.Options = { hostname: "erp.example", protocol: "https:", port: "443" };

/** Asks for a connection as undici does. */
function ask(connection: AttemptConnection): Promise<Error | null> {
  return new Promise((resolve) => connection.connector(TARGET, (...made) => resolve(made[0])));
}

describe("an attempt's connection", () => {
  it("is asked for once: a second time is told that it was lost, in words that undici does not ask again for", async () => {
    let asked = 0;
    const connection = new AttemptConnection((_target, callback) => {
      asked += 1;
      callback(new Error("destroyed"), null);
    });
    expect((await ask(connection))?.message).toBe("destroyed");
    expect(await ask(connection)).toMatchObject({ code: "ECONNRESET" });
    expect(asked).toBe(1);
  });

  it("is made when the way led there, and has sent everything when nothing was written", async () => {
    const connection = new AttemptConnection((_target, callback) => callback(null, new Socket()));
    expect([connection.made, await connection.allSent()]).toEqual([false, true]);
    await ask(connection);
    expect([connection.made, await connection.allSent()]).toEqual([true, true]);
  });
});
