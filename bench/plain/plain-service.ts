import multipart from "@fastify/multipart";
import { GoogleGenerativeAI, type ResponseSchema, SchemaType } from "@google/generative-ai";
import Fastify, { type FastifyInstance } from "fastify";
import type pg from "pg";
import { Webhook } from "standardwebhooks";

/**
 * The same job as a good engineer writes it in an afternoon: one process, the usual libraries, each used as its own page
 * says. A mail's PDFs are read by Gemini, posted to the ERP signed, and noted in PostgreSQL. No broker, no wiping, no
 * ledger, no validation: what it leaves out is what Flowstate is compared by.
 */
export interface PlainServiceOptions {
  readonly apiKey: string;
  readonly geminiApiKey: string;
  readonly geminiUrl: string;
  readonly erpUrl: string;
  readonly erpSecret: string;
  readonly pool: pg.Pool;
}

const MAX_FILE_BYTES = 20 * 1024 * 1024;
/** SendGrid posts about twenty fields. */
const MAX_FIELDS = 250;
const MODEL = "gemini-2.5-flash";
const PROMPT = "Extract the invoice, order or delivery document as JSON.";

const text = { type: SchemaType.STRING, nullable: true } as const;
const RESPONSE_SCHEMA: ResponseSchema = {
  type: SchemaType.OBJECT,
  properties: {
    document_type: text,
    document_number: text,
    document_date: text,
    currency: text,
    vendor: { type: SchemaType.OBJECT, properties: { name: text, street: text, city: text } },
    buyer: { type: SchemaType.OBJECT, properties: { name: text, street: text, city: text } },
    lines: {
      type: SchemaType.ARRAY,
      items: {
        type: SchemaType.OBJECT,
        properties: { description: text, quantity: text, unit_price: text, amount: text },
      },
    },
    totals: { type: SchemaType.OBJECT, properties: { net: text, tax: text, gross: text } },
  },
};

/** The table must be there: `CREATE_TABLE`. */
export const CREATE_TABLE = `CREATE TABLE documents (
  id bigserial PRIMARY KEY,
  sender text,
  size_bytes bigint NOT NULL,
  status text NOT NULL,
  erp_http_status int NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now()
)`;

/** Ready to listen. */
export async function plainService(options: PlainServiceOptions): Promise<FastifyInstance> {
  const { apiKey, geminiApiKey, geminiUrl, erpUrl, erpSecret, pool } = options;
  const model = new GoogleGenerativeAI(geminiApiKey).getGenerativeModel(
    { model: MODEL, generationConfig: { responseMimeType: "application/json", responseSchema: RESPONSE_SCHEMA } },
    { baseUrl: geminiUrl },
  );
  const webhook = new Webhook(erpSecret);
  const server = Fastify({ logger: true });
  await server.register(multipart, { limits: { fileSize: MAX_FILE_BYTES, fields: MAX_FIELDS } });

  server.post("/webhooks/sendgrid", async (request, reply) => {
    if (request.headers["x-api-key"] !== apiKey) return reply.code(401).send({ error: "unauthorized" });
    let sender: string | undefined;
    const documents: Buffer[] = [];
    for await (const part of request.parts()) {
      if (part.type === "field") {
        if (part.fieldname === "from") sender = String(part.value);
      } else documents.push(await part.toBuffer());
    }
    for (const document of documents) {
      const status = await push(await read(document));
      await pool.query("INSERT INTO documents (sender, size_bytes, status, erp_http_status) VALUES ($1, $2, $3, $4)", [
        sender,
        document.byteLength,
        status < 300 ? "delivered" : "failed",
        status,
      ]);
      if (status >= 300) return reply.code(503).send({ error: "erp" });
    }
    return { status: "ok" };
  });

  async function read(document: Buffer): Promise<unknown> {
    const { response } = await model.generateContent([
      { text: PROMPT },
      { inlineData: { mimeType: "application/pdf", data: document.toString("base64") } },
    ]);
    return JSON.parse(response.text());
  }

  async function push(extraction: unknown): Promise<number> {
    const id = crypto.randomUUID();
    const at = new Date();
    const body = JSON.stringify({ type: "document.extracted", timestamp: at, data: { extraction } });
    const response = await fetch(erpUrl, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "webhook-id": id,
        "webhook-timestamp": String(Math.floor(at.getTime() / 1_000)),
        "webhook-signature": webhook.sign(id, at, body),
      },
      body,
    });
    await response.arrayBuffer();
    return response.status;
  }

  return server;
}
