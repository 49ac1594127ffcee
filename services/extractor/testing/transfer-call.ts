import { documentIdSchema, type ExtractRequest, type TenantId, tenantIdSchema } from "@flowstate/contracts";
import { GhostBytes } from "@flowstate/ghost";
import type { TransferCall } from "@flowstate/messaging";
import { createLogger, type Logger } from "@flowstate/runtime";

const TENANT: TenantId = tenantIdSchema.parse("acme");
const DOCUMENT = documentIdSchema.parse("3f0f3c7e-8a4e-4c57-9d0b-6a5f2f0c9e11");

export interface TestCall extends TransferCall<ExtractRequest> {
  /** The memory in which the PDF lies, for `isZeroed`. */
  readonly retained: Buffer;
}

/** A call as the sealed transfer makes it, with the PDF already here. */
export function callWith(pdf: Uint8Array, options: { signal?: AbortSignal; remainingMs?: number } = {}): TestCall {
  const content = GhostBytes.withCapacity(pdf.byteLength);
  content.append(pdf);
  return {
    request: { document_id: DOCUMENT, tenant_id: TENANT },
    content,
    retained: content.view(),
    signal: options.signal ?? new AbortController().signal,
    remainingMs: () => options.remainingMs ?? 60_000,
    spentOutside: () => {},
  };
}

/** A logger whose lines can be read. */
export function recordingLogger(): { readonly logger: Logger; readonly lines: Record<string, unknown>[] } {
  const lines: Record<string, unknown>[] = [];
  const logger = createLogger("extractor", "debug", { write: (line: string) => void lines.push(JSON.parse(line)) });
  return { logger, lines };
}
