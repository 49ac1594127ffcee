import type { Check } from "../check.ts";
import { found, foundOrGood } from "../result.ts";

/** Who may post mails. */
export const mailCheck: Check = {
  name: "mail",
  run({ deployment: { settings } }) {
    const { ingest } = settings;
    if (ingest === undefined) return [];
    const isOpen = ingest.SENDGRID_INBOUND_OPEN && ingest.SENDGRID_WEBHOOK_PUBLIC_KEY === undefined;
    return foundOrGood(
      isOpen ? [found("mail.anybody_may_post", "ingest: /webhooks/sendgrid asks for neither key nor signature")] : [],
      "ingest: mails need a key or a signature",
    );
  },
};
