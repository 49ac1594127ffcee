import type { ErpPayload, PushRequest } from "@flowstate/contracts";
import { GhostBytes } from "@flowstate/ghost";
import { indexJson, type JsonNode } from "./json-index.ts";
import { MAPPING_LIMITS, type PayloadMapping } from "./mapping.ts";
import { renderMapping } from "./render-mapping.ts";
import { Turns } from "./turns.ts";

/** The mapping makes more of this document than a body may have. Only another mapping mends it, so the mail should wait. */
export class PayloadTooLargeError extends Error {
  constructor() {
    super("the tenant's mapping makes a body that is too large");
    this.name = "PayloadTooLargeError";
  }
}

/** How long a mapping may work before whatever else this process does has its turn, milliseconds. */
const TURN_MS = 10;
/** Of all mappings that work at the same time, for whichever tenant. */
const turns = new Turns();
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;

export interface BuildOptions {
  readonly mapping?: PayloadMapping | undefined;
  /** Asked before a mapped body grows to so many bytes; throws when there is no room for them. */
  admit?(bytes: number): void;
  /** Aborted when nobody waits for the body any more. */
  readonly signal?: AbortSignal;
}

/**
 * The webhook's body: without a mapping `erpPayloadSchema`, an envelope written around the extraction's bytes as they are;
 * with one, what the mapping makes of them. Neither decodes the extraction: the mapping works on the places of values in the
 * bytes, so no value becomes a string. The extraction is wiped at once, when it is part of the payload; the result is the
 * caller's to wipe; what is needed in between is wiped here on every exit. Rejects when the extraction is no JSON object, with
 * `PayloadTooLargeError`, with what `admit` throws, and with the reason of `signal`.
 */
export async function buildPayload(
  request: PushRequest,
  extraction: GhostBytes,
  deliveredAt: Date,
  options: BuildOptions = {},
): Promise<GhostBytes> {
  const head = envelopeHead(request, deliveredAt);
  const content = extraction.view();
  if (content.at(0) !== OPENING_BRACE || content.at(-1) !== CLOSING_BRACE) {
    throw new Error("the content of a push request is not a JSON object");
  }
  const full = GhostBytes.withCapacity(head.byteLength + content.byteLength + ENVELOPE_TAIL.byteLength);
  full.append(head);
  full.append(content);
  full.append(ENVELOPE_TAIL);
  extraction.wipe();
  const { mapping } = options;
  if (mapping === undefined) return full;
  using source = full;
  return await mapped(source.view(), head, { ...options, mapping });
}

async function mapped(
  bytes: Uint8Array,
  head: Uint8Array,
  { mapping, admit, signal }: BuildOptions & { readonly mapping: PayloadMapping },
): Promise<GhostBytes> {
  await turns.take();
  signal?.throwIfAborted();
  const payload = indexJson(bytes);
  const extraction = memberOf(memberOf(payload, "data"), "extraction");
  using parts = new DisposableStack();
  const body = parts.use(GhostBytes.growing());
  const bounded = {
    append(part: Uint8Array) {
      const grown = body.length + part.byteLength;
      if (grown > MAPPING_LIMITS.bodyBytes) throw new PayloadTooLargeError();
      admit?.(grown);
      body.append(part);
    },
  };
  if (mapping.envelope) bounded.append(head);
  let turnEndsAt = performance.now() + TURN_MS;
  for (const _step of renderMapping(mapping, { bytes, payload, extraction }, bounded)) {
    if (performance.now() < turnEndsAt) continue;
    await turns.take();
    signal?.throwIfAborted();
    turnEndsAt = performance.now() + TURN_MS;
  }
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
