import type { CodeOf, ErrorCategory } from "@flowstate/contracts";

const CATEGORIES = {
  mail_malformed: "malformed_request",
  mail_over_limits: "payload_too_large",
  mail_too_large: "payload_too_large",
} as const satisfies Record<CodeOf<"mail_refused">, ErrorCategory>;

/** What came is no acceptable mail as a whole. It is audited as `mail.refused` before it is answered. */
export class MailRefusedError extends Error {
  readonly code: CodeOf<"mail_refused">;

  constructor(code: CodeOf<"mail_refused">) {
    super(code);
    this.name = "MailRefusedError";
    this.code = code;
  }

  /** What the caller may see. */
  get category(): ErrorCategory {
    return CATEGORIES[this.code];
  }
}
