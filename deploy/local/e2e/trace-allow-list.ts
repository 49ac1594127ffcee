const WORD = /^[\w./-]{1,64}$/;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const NUMBER = /^\d+$/;

/** Everything that a span of a mail's trace may say, and of what kind it is. */
export const SPAN_ATTRIBUTES: Readonly<Record<string, RegExp>> = {
  "error.type": WORD,
  "flowstate.ambiguous": /^(?:true|false)$/,
  "flowstate.code": WORD,
  "flowstate.document_id": UUID,
  "flowstate.documents": NUMBER,
  "flowstate.end": WORD,
  "flowstate.mail_id": UUID,
  "flowstate.model.attempts": NUMBER,
  "flowstate.page_count": NUMBER,
  "flowstate.size_bytes": NUMBER,
  "flowstate.tenant_id": WORD,
  "flowstate.transfer.attempts": NUMBER,
  "gen_ai.operation.name": WORD,
  "gen_ai.provider.name": WORD,
  "gen_ai.request.model": WORD,
  "gen_ai.response.finish_reasons": /^[A-Z_,]+$/,
  "gen_ai.usage.input_tokens": NUMBER,
  "gen_ai.usage.output_tokens": NUMBER,
  "http.request.method": WORD,
  "http.request.resend_count": NUMBER,
  "http.response.status_code": NUMBER,
  "http.route": WORD,
  "messaging.batch.message_count": NUMBER,
  "messaging.destination.name": WORD,
  "messaging.operation.type": WORD,
  "messaging.system.name": WORD,
};

/** The same of the process that it is of. */
export const RESOURCE_ATTRIBUTES: Readonly<Record<string, RegExp>> = {
  "service.name": WORD,
  "service.namespace": WORD,
  "service.instance.id": UUID,
};

/** What is not on the list, or not as the list says. */
export function strangeIn(attributes: Readonly<Record<string, unknown>>, list: Readonly<Record<string, RegExp>>) {
  return Object.entries(attributes).filter(([name, value]) => list[name]?.test(String(value)) !== true);
}
