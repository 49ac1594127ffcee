import { request as httpsRequest } from "node:https";
import { Webhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";
import { createCertificateAuthority } from "./certificate.ts";
import { type ErpDouble, type ScriptedAnswer, startErp } from "./erp.ts";

// Real: the ERP's HTTP and HTTPS servers, signatures made by the `standardwebhooks` package. Nothing is doubled.

interface Delivery {
  readonly id?: string;
  readonly body?: string;
  readonly secret?: string;
  readonly sentAt?: Date;
}

/** Delivers as a correct sender does. */
function deliver(erp: ErpDouble, { id = "doc-1", body = '{"a":1}', secret, sentAt = new Date() }: Delivery = {}) {
  const signature = new Webhook(secret ?? erp.secret).sign(id, sentAt, body);
  return fetch(erp.webhookUrl, {
    method: "POST",
    redirect: "manual",
    body,
    headers: {
      "content-type": "application/json",
      "webhook-id": id,
      "webhook-timestamp": String(Math.floor(sentAt.getTime() / 1000)),
      "webhook-signature": signature,
    },
  });
}

describe("the ERP double", () => {
  it("accepts a signed delivery and shows it under /received, headers and body", async () => {
    await using erp = await startErp();
    const answer = await deliver(erp, { body: '{"type":"document.extracted"}' });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ received: "booked" });
    const received = await (await fetch(`${erp.url}/received`)).json();
    expect(received).toEqual([
      {
        received_at: expect.stringMatching(/^\d{4}-.*Z$/),
        verified: true,
        headers: expect.objectContaining({ "webhook-id": "doc-1", "content-type": "application/json" }),
        body: { type: "document.extracted" },
      },
    ]);
    expect(erp.received).toEqual(received);
  });

  it("answers 401 to a wrong secret, a changed id and an old timestamp, and books none of them", async () => {
    await using erp = await startErp();
    const other = `whsec_${Buffer.alloc(24, 7).toString("base64")}`;
    expect((await deliver(erp, { secret: other })).status).toBe(401);
    expect((await deliver(erp, { sentAt: new Date(Date.now() - 3_600_000) })).status).toBe(401);
    const unsigned = await fetch(erp.webhookUrl, { method: "POST", body: "{}" });
    expect(unsigned.status).toBe(401);
    expect(erp.received.map(({ verified }) => verified)).toEqual([false, false, false]);
    expect(erp.attempts).toBe(3);
    expect(erp.effects).toBe(0);
  });

  it("books one webhook-id once, however often it comes", async () => {
    await using erp = await startErp();
    await deliver(erp);
    expect(await (await deliver(erp)).json()).toEqual({ received: "known" });
    await deliver(erp, { id: "doc-2" });
    expect(erp.attempts).toBe(3);
    expect(erp.effects).toBe(2);
  });

  it("remembers the last 50 deliveries, newest last", async () => {
    await using erp = await startErp();
    for (let index = 0; index < 52; index += 1) await deliver(erp, { id: `doc-${index}` });
    expect(erp.received).toHaveLength(50);
    expect(erp.received[0]?.headers["webhook-id"]).toBe("doc-2");
    expect(erp.received.at(-1)?.headers["webhook-id"]).toBe("doc-51");
  });

  it("uses scripted answers in order, one per request, then behaves again", async () => {
    await using erp = await startErp();
    erp.script(
      { status: 503, headers: { "retry-after": "7" }, body: "later" },
      { status: 302, headers: { location: "/x" } },
    );
    const first = await deliver(erp);
    expect([first.status, first.headers.get("retry-after"), await first.text()]).toEqual([503, "7", "later"]);
    expect((await deliver(erp)).status).toBe(302);
    expect(erp.effects).toBe(0);
    expect((await deliver(erp)).status).toBe(200);
    expect(erp.effects).toBe(1);
  });

  it.each<[string, ScriptedAnswer, { received: number; effects: number }]>([
    ["before the body", { drop: "before_body" }, { received: 0, effects: 0 }],
    ["after booking", { drop: "after_body" }, { received: 1, effects: 1 }],
    ["with something that is not HTTP", { raw: "garbage\r\n\r\n" }, { received: 1, effects: 1 }],
  ])("breaks the connection %s", async (_name, script, { received, effects }) => {
    await using erp = await startErp();
    erp.script(script);
    await expect(deliver(erp)).rejects.toThrow();
    expect([erp.attempts, erp.received.length, erp.effects]).toEqual([1, received, effects]);
  });

  it("breaks the connection in the middle of its answer", async () => {
    await using erp = await startErp();
    erp.script({ drop: "during_answer" });
    const answer = await deliver(erp);
    expect(answer.status).toBe(200);
    await expect(answer.text()).rejects.toThrow();
  });

  it("holds headers and body back for as long as the test says", async () => {
    await using erp = await startErp();
    const headers = Promise.withResolvers<void>();
    const body = Promise.withResolvers<void>();
    const held: string[] = [];
    erp.script({ delayHeaders: headers.promise, delayBody: body.promise, body: "late" });
    const answering = deliver(erp).then((answer) => {
      held.push("headers");
      return answer;
    });
    await expect.poll(() => erp.received.length).toBe(1);
    expect(held).toEqual([]);
    headers.resolve();
    const answer = await answering;
    body.resolve();
    expect(await answer.text()).toBe("late");
  });

  it("can answer before it reads, and with a huge body", async () => {
    await using erp = await startErp();
    erp.script({ early: true, status: 202 }, { body: "huge" });
    expect((await deliver(erp)).status).toBe(202);
    expect((await (await deliver(erp)).text()).length).toBe(8 * 1024 * 1024);
  });

  it("stops although it holds an answer back", async () => {
    const erp = await startErp();
    erp.script({ delayHeaders: new Promise(() => {}) });
    const answer = deliver(erp).catch(() => "cut");
    await expect.poll(() => erp.received.length).toBe(1);
    await erp[Symbol.asyncDispose]();
    expect(await answer).toBe("cut");
  });

  it("answers 404 elsewhere and 405 to other methods", async () => {
    await using erp = await startErp();
    expect((await fetch(`${erp.url}/webhooks`, { method: "POST" })).status).toBe(404);
    expect((await fetch(erp.webhookUrl)).status).toBe(405);
    expect(erp.attempts).toBe(0);
  });

  it("misbehaves for as long as it is told to, after what is queued", async () => {
    await using erp = await startErp();
    erp.script({ status: 500 });
    erp.scriptAlways({ status: 503 });
    const statuses = [];
    for (let n = 0; n < 3; n += 1) statuses.push((await deliver(erp)).status);
    erp.behave();
    expect([...statuses, (await deliver(erp)).status]).toEqual([500, 503, 503, 200]);
  });

  it("cuts so many connections before any request", async () => {
    await using erp = await startErp();
    erp.cutConnections(2);
    await expect(deliver(erp)).rejects.toThrow();
    await expect(deliver(erp)).rejects.toThrow();
    expect((await deliver(erp)).status).toBe(200);
    expect(erp.attempts).toBe(1);
  });

  it("counts the requests that are under way at once", async () => {
    await using erp = await startErp();
    await deliver(erp);
    erp.scriptAlways({ delayHeaders: 50 });
    await Promise.all([1, 2, 3].map((n) => deliver(erp, { id: `doc-${n}` })));
    expect(erp.mostAtOnce).toBe(3);
  });

  it("lets in only who has a certificate of the authority that it asks for", async () => {
    const authority = createCertificateAuthority();
    await using erp = await startErp({ tls: true, clientAuthority: authority.certificate });
    const statusWith = (client: ReturnType<typeof authority.issueClient> | undefined) =>
      new Promise((resolve, reject) => {
        const ca = erp.certificateAuthority;
        const shown = client === undefined ? {} : { cert: client.certificate, key: client.key };
        const options = { agent: false, ...(ca !== undefined && { ca }), ...shown };
        httpsRequest(`${erp.url}/received`, options, (response) => resolve(response.resume().statusCode))
          .on("error", reject)
          .end();
      });
    expect(await statusWith(authority.issueClient())).toBe(200);
    await expect(statusWith(undefined)).rejects.toThrow();
    await expect(statusWith(createCertificateAuthority().issueClient())).rejects.toThrow();
  });

  it("speaks HTTPS with a certificate of its own authority", async () => {
    await using erp = await startErp({ tls: true });
    expect(erp.url).toMatch(/^https:/);
    const status = await new Promise((resolve, reject) => {
      const ca = erp.certificateAuthority;
      httpsRequest(`${erp.url}/received`, { agent: false, ...(ca !== undefined && { ca }) }, (response) => {
        resolve(response.resume().statusCode);
      })
        .on("error", reject)
        .end();
    });
    expect(status).toBe(200);
    await expect(fetch(`${erp.url}/received`)).rejects.toThrow();
  });
});
