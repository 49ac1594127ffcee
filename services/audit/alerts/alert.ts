import { ALERT_RULE_NAMES, type AlertRule } from "@flowstate/contracts";
import { z } from "zod";
import { NO_TENANT } from "../chain/segment.ts";
import { bigint, oneOf, optionalText, optionalTime, optionalUuid, text, time } from "../database/columns.ts";
/** Something that is wrong now: metadata only, and no address. */
export const troubleSchema = z.object({
  rule: oneOf(ALERT_RULE_NAMES),
  /** `_` for what is no tenant's. */
  tenant_id: text,
  /** How many documents, mails or events. */
  affected: bigint,
  code: optionalText,
  /** One of the documents, the latest. */
  document_id: optionalUuid,
});
export type Trouble = z.output<typeof troubleSchema>;

/** Something that is no tenant's, and of no document. */
export function nobodysTrouble(rule: AlertRule, affected: number): Trouble {
  return { rule, tenant_id: NO_TENANT, affected, code: null, document_id: null };
}

/** A trouble that is remembered, from when it was first seen until somebody was told that it is over. */
export const alertSchema = troubleSchema.extend({
  opened_at: time,
  quiet_since: optionalTime,
  told_at: optionalTime,
});
export type Alert = z.output<typeof alertSchema>;
