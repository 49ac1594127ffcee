import type { ErpPayload, PushRequest } from "@flowstate/contracts";
import { GhostBytes } from "@flowstate/ghost";
import { indexJson, type JsonNode } from "./json-index.ts";
import { MAPPING_LIMITS, type PayloadMapping } from "./mapping.ts";
import { renderMapping } from "./render-mapping.ts";

/** The mapping makes more of this document than a body may have. Only another mapping mends it, so the mail should wait. */
export class PayloadTooLargeError extends Error {
  constructor() {
    super("the tenant's mapping makes a body that is too large");
    this.name = "PayloadTooLargeError";
  }
}

const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;

/**
 * The webhook's body: without a mapping `erpPayloadSchema`, an envelope written around the extraction's bytes as they are;
 * with one, what the mapping makes of them. Neither decodes the extraction: the mapping works on the places of values in the
 * bytes, so no value becomes a string. The result and the extraction are the caller's to wipe; what is needed in between is
 * wiped here on every exit. Throws when the extraction is no JSON object, and `PayloadTooLargeError`.
 */
export function buildPayload(
  request: PushRequest,
  extraction: GhostBytes,
  deliveredAt: Date,
  mapping?: PayloadMapping,
): GhostBytes {
  const head = envelopeHead(request, deliveredAt);
  const content = extraction.view();
  if (content.at(0) !== OPENING_BRACE || content.at(-1) !== CLOSING_BRACE) {
    throw new Error("the content of a push request is not a JSON object");
  }
  const full = GhostBytes.withCapacity(head.byteLength + content.byteLength + ENVELOPE_TAIL.byteLength);
  full.append(head);
  full.append(content);
  full.append(ENVELOPE_TAIL);
  if (mapping === undefined) return full;
  using source = full;
  return mapped(source.view(), head, mapping);
}

function mapped(bytes: Uint8Array, head: Uint8Array, mapping: PayloadMapping): GhostBytes {
  const payload = indexJson(bytes);
  const extraction = memberOf(memberOf(payload, "data"), "extraction");
  using parts = new DisposableStack();
  const body = parts.use(GhostBytes.growing());
  const bounded = {
    append(part: Uint8Array) {
      if (body.length + part.byteLength > MAPPING_LIMITS.bodyBytes) throw new PayloadTooLargeError();
      body.append(part);
    },
  };
  if (mapping.envelope) bounded.append(head);
  renderMapping(mapping, { bytes, payload, extraction }, bounded);
  if (mapping.envelope) bounded.append(ENVELOPE_TAIL);
  parts.move();
  return body;
}

function memberOf(node: JsonNode, name: string): JsonNode {
  const member = node.kind === "object" ? node.members.get(name) : undefined;
  if (member === undefined) throw new Error(`the envelope has no ${name}`);
  return member;
}

const ENVELOPE_TAIL = encode("}}");

/** The envelope up to the extraction. */
function envelopeHead(request: PushRequest, deliveredAt: Date): Uint8Array {
  const head: Omit<ErpPayload, "data"> = { type: "document.extracted", timestamp: deliveredAt.toISOString() };
  const data: Omit<ErpPayload["data"], "extraction"> = {
    document_id: request.document_id,
    tenant_id: request.tenant_id,
    received_at: request.received_at,
    source: request.source,
  };
  return encode(`${open(head)},"data":${open(data)},"extraction":`);
}

/** An object's JSON without its closing brace, so that more members can follow. */
function open(members: object): string {
  return JSON.stringify(members).slice(0, -1);
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
