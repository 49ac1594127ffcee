import { describe, expect, it } from "vitest";
import { erpEndpoint } from "./erp-endpoint.ts";
import { secretsOf } from "./testing/erp-tenant.ts";
import { webhookHeaders } from "./webhook-headers.ts";

// Pure.

const TENANT = {
  endpoint: erpEndpoint({ url: new URL("https://erp.example/") }),
  secrets: secretsOf("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
  signingKeys: [],
  headers: {},
  timeoutMs: 1_000,
  maxConcurrency: 1,
  mapping: undefined,
};
const REQUEST = {
  id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
  sentAt: new Date(1_614_265_330_000),
  body: Buffer.from('{"test": 2432232314}'),
};
const OWN = {
  "webhook-id": REQUEST.id,
  "webhook-timestamp": "1614265330",
  "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
  "idempotency-key": REQUEST.id,
  "content-type": "application/json",
  "user-agent": "Flowstate-Webhook/1.0",
};

describe("webhookHeaders", () => {
  it("are the signature, the idempotency key, what the content is and who sends it", () => {
    expect(webhookHeaders(TENANT, REQUEST)).toEqual(OWN);
  });

  it("carry the trace, and what was agreed on", () => {
    const headers = { authorization: "Bearer t", "x-api-key": "k" };
    expect(webhookHeaders({ ...TENANT, headers }, { ...REQUEST, traceparent: "00-1-2-01" })).toEqual({
      ...OWN,
      ...headers,
      traceparent: "00-1-2-01",
    });
  });

  it("say themselves what they are, whatever was agreed on", () => {
    const headers = Object.fromEntries(Object.keys(OWN).map((name) => [name, "forged"]));
    expect(webhookHeaders({ ...TENANT, headers }, REQUEST)).toEqual(OWN);
  });
});
