import { describe, expect, it } from "vitest";
import { erpPayloadSchema, erpPingSchema } from "../../libs/contracts/index.ts";
import { parseWebhookSecrets, signWebhook } from "../../services/erp-pusher/sign.ts";
import { exampleDelivery } from "./erp-example.ts";
import { erpWebhooks } from "./erp-webhooks.ts";
import { erpPayloadJsonSchema } from "./json-schemas.ts";

/* Real: the generator, the schemas, the signature. Nothing is doubled. The shapes are those of OpenAPI 3.1. */

/** OpenAPI ignores header parameters of these names. */
const IGNORED_HEADERS = ["accept", "content-type", "authorization"];
const COMPONENT_NAME = /^[a-zA-Z0-9._-]+$/;
const RESPONSE_KEY = /^(?:[1-5]\d\d|[1-5]XX)$/;

const text = erpWebhooks();
const document = JSON.parse(text);
const { components } = document;

/** The members of a JSON object; fails when there are none, so that no loop over them passes by finding nothing. */
function membersOf(node: unknown): [string, Record<string, unknown>][] {
  const members = Object.entries(Object(node));
  expect(members.length).toBeGreaterThan(0);
  return members.map(([name, member]) => [name, Object(member)]);
}

describe("the OpenAPI document of the webhooks", () => {
  it("says which version of OpenAPI it is written in, what it describes, and nothing that OpenAPI does not know", () => {
    expect(document).toEqual({
      openapi: expect.stringMatching(/^3\.1\.\d+$/),
      info: {
        title: expect.any(String),
        version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
        description: expect.any(String),
        license: { name: expect.any(String), identifier: expect.any(String) },
      },
      webhooks: expect.any(Object),
      components: { schemas: expect.any(Object), parameters: expect.any(Object), securitySchemes: expect.any(Object) },
    });
  });

  it("has a webhook for each type of body, named as the type", () => {
    const types = [erpPayloadSchema, erpPingSchema].map(({ shape }) => shape.type.value);
    expect(Object.keys(document.webhooks)).toEqual(types);
  });

  it.each(["document.extracted", "flowstate.ping"])("describes what is posted as %s, and every answer", (type) => {
    const { post, ...otherMethods } = document.webhooks[type];
    expect(otherMethods).toEqual({});
    expect(post).toEqual({
      operationId: expect.stringMatching(COMPONENT_NAME),
      summary: expect.any(String),
      security: expect.arrayContaining([{}]),
      parameters: membersOf(components.parameters).map(([name]) => ({ $ref: `#/components/parameters/${name}` })),
      requestBody: {
        required: true,
        content: {
          "application/json": expect.objectContaining({
            schema: { $ref: expect.stringMatching(/^#\/components\/schemas\//) },
          }),
        },
      },
      responses: expect.any(Object),
    });
    for (const [key, response] of membersOf(post.responses)) {
      expect(key).toMatch(RESPONSE_KEY);
      expect(response["description"]).toMatch(/^(?:delivered|deferred|undeliverable): ./);
    }
  });

  it("names its operations apart", () => {
    const ids = membersOf(document.webhooks).map(([, { post }]) => Object(post).operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("has no reference that leads nowhere, and no component that nothing refers to", () => {
    const references = new Set([...text.matchAll(/"\$ref": "#\/components\/([^"]+)"/g)].map(([, pointer]) => pointer));
    const pointers = ["schemas", "parameters"].flatMap((kind) =>
      membersOf(components[kind]).map(([name]) => `${kind}/${name}`),
    );
    expect([...references].toSorted()).toEqual(pointers.toSorted());
    expect(text.match(/"\$ref"/g)?.length).toBe(text.match(/"\$ref": "#\/components\//g)?.length);
  });

  it("describes each header under its own name, none of them one that OpenAPI ignores", () => {
    for (const [name, parameter] of membersOf(components.parameters)) {
      expect(parameter).toEqual({
        name,
        in: "header",
        required: expect.any(Boolean),
        description: expect.any(String),
        schema: expect.objectContaining({ type: "string" }),
      });
      expect(name).toMatch(COMPONENT_NAME);
      expect(IGNORED_HEADERS).not.toContain(name);
    }
  });

  it("asks for security schemes that exist, and never only for them", () => {
    const schemes = membersOf(components.securitySchemes).map(([name]) => name);
    for (const [, { post }] of membersOf(document.webhooks)) {
      const { security } = Object(post);
      expect(security.flatMap(Object.keys).toSorted()).toEqual(schemes.toSorted());
    }
  });

  it("has the payload's schema as it stands beside it", () => {
    const { $schema, $id, title, ...schema } = JSON.parse(erpPayloadJsonSchema());
    expect([$schema, $id, title]).not.toContain(undefined);
    expect(components.schemas.ErpPayload).toEqual(schema);
  });

  it("shows an example of the payload that the contract accepts", () => {
    const { example } = document.webhooks["document.extracted"].post.requestBody.content["application/json"];
    expect(erpPayloadSchema.safeParse(example).error).toBeUndefined();
  });
});

describe("the example of a delivery", () => {
  const { secret, headers, body } = JSON.parse(exampleDelivery());

  it("is what the contract describes, with a character of more than one byte", () => {
    const payload = erpPayloadSchema.parse(JSON.parse(body));
    expect(payload.data.document_id).toBe(headers["webhook-id"]);
    expect(Buffer.byteLength(body)).toBeGreaterThan(body.length);
  });

  it("can be verified with the secret that stands beside it", () => {
    const keys = parseWebhookSecrets(secret);
    if (keys === undefined) throw new Error("the example's secret is unusable");
    const sentAt = new Date(Number(headers["webhook-timestamp"]) * 1_000);
    const signed = signWebhook(keys, { id: headers["webhook-id"], sentAt, body: Buffer.from(body) });
    expect(headers).toEqual({ "content-type": "application/json", ...signed });
  });
});
