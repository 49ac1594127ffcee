// Real: nats-server with the configuration of this machine's broker. Doubled: nothing.
import { type NatsServer, startNatsServer } from "@flowstate/local/servers/nats-server.ts";
import { connect } from "nats";
import { afterAll, beforeAll } from "vitest";
import { describePermissions } from "./identities.testsuite.ts";

let server: NatsServer;
beforeAll(async () => {
  server = await startNatsServer();
});
afterAll(() => server[Symbol.asyncDispose]());

describePermissions((identity) => connect({ servers: server.url, user: identity, pass: server.passwords[identity] }));
