import type { ErpPayload, PushRequest } from "@flowstate/contracts";
import { GhostBytes } from "@flowstate/ghost";

const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;

/**
 * The webhook's body (`erpPayloadSchema`): an envelope written around the extraction's bytes, which are copied and never
 * decoded. Both the result and the extraction are the caller's to wipe. Throws when the bytes are no JSON object at all,
 * because the envelope would then say something else than it seems to.
 */
export function buildPayload(request: PushRequest, extraction: GhostBytes, deliveredAt: Date): GhostBytes {
  const content = extraction.view();
  if (content.at(0) !== OPENING_BRACE || content.at(-1) !== CLOSING_BRACE) {
    throw new Error("the content of a push request is not a JSON object");
  }
  const head: Omit<ErpPayload, "data"> = { type: "document.extracted", timestamp: deliveredAt.toISOString() };
  const data: Omit<ErpPayload["data"], "extraction"> = {
    document_id: request.document_id,
    tenant_id: request.tenant_id,
    received_at: request.received_at,
    source: request.source,
  };
  const prefix = encode(`${open(head)},"data":${open(data)},"extraction":`);
  const suffix = encode("}}");
  const body = GhostBytes.withCapacity(prefix.byteLength + content.byteLength + suffix.byteLength);
  body.append(prefix);
  body.append(content);
  body.append(suffix);
  return body;
}

/** An object's JSON without its closing brace, so that more members can follow. */
function open(members: object): string {
  return JSON.stringify(members).slice(0, -1);
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
