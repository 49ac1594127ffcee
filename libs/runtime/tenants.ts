import { extractionPolicySchema, tenantIdSchema } from "@flowstate/contracts";
import { z } from "zod";
import { tenantApiKey } from "./api-key-setting.ts";
import { tenantErpSchema } from "./tenant-erp.ts";

/**
 * One tenant of `FLOWSTATE_TENANTS` (docs/operations/tenants.md). Everything but `id` is optional here: a service extends
 * the schema by what it needs. Objects are strict, so that a typo is a problem and never a setting without effect.
 */

/** More than a mailbox per department and site. A longer list is made by a script gone wrong. */
const MAX_ADDRESSES = 1_000;
/** Of senders a tenant may name one by one; a domain stands for any number of them. */
const MAX_SENDERS = 1_000;
/** Each presented key is compared with all keys of all tenants, in constant time: keys cost every request. */
const MAX_API_KEYS = 16;
/** SPF and DKIM, each once. */
const SENDER_CHECKS = 2;
/** A forward path's length in characters (RFC 5321 §4.5.3.1.3, without the angle brackets). */
const MAX_ADDRESS_LENGTH = 254;

/** An address, or `@domain` for all of a domain's; in lower case. A local part may contain `+`. */
const ADDRESS =
  /^(?:[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64})?@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

const NO_ID = "must be lower-case letters, digits and hyphens, at most 63";
const NO_ADDRESS = "must be an e-mail address, or @domain for all of a domain's";
const NO_OBJECT = "must be an object";

/** The id of a tenant, as an operator writes it. */
export const tenantId = z
  .string(NO_ID)
  .refine((id) => tenantIdSchema.safeParse(id).success, NO_ID)
  .pipe(tenantIdSchema);

/** An address or `@domain`, handed on in lower case. */
export const tenantAddress = z
  .string(NO_ADDRESS)
  .toLowerCase()
  .max(MAX_ADDRESS_LENGTH, `must have at most ${MAX_ADDRESS_LENGTH} characters`)
  .regex(ADDRESS, NO_ADDRESS);

export const tenantSchema = z.strictObject(
  {
    id: tenantId,
    /** How long the audit log keeps what it knows of the tenant's documents. */
    plan: z.enum(["starter", "growth", "scale"], "must be starter, growth or scale").default("starter"),
    /** Whose mail is the tenant's: addresses and `@domain`s, in lower case. */
    addresses: listOf(tenantAddress, MAX_ADDRESSES).optional(),
    senders: z
      .strictObject(
        {
          /** Who may send to the tenant: addresses and `@domain`s, in lower case. Anybody when absent. */
          allow: listOf(tenantAddress, MAX_SENDERS).optional(),
          /** What must have passed for a mail to be taken. */
          require: listOf(z.enum(["spf", "dkim"], "must be spf or dkim"), SENDER_CHECKS).default([]),
        },
        NO_OBJECT,
      )
      .default({ require: [] }),
    /** The keys that are the tenant's, as digests, and what each permits. */
    api_keys: listOf(tenantApiKey, MAX_API_KEYS).default([]),
    /** What the tenant decides about its extractions. */
    extraction: extractionPolicySchema.optional(),
    erp: tenantErpSchema.optional(),
  },
  NO_OBJECT,
);
export type Tenant = z.output<typeof tenantSchema>;

/** A list of what may not be left out by leaving it empty: absent and empty would otherwise differ in ways nobody expects. */
function listOf<S extends z.ZodType>(item: S, max: number) {
  return z.array(item, "must be a list").min(1, "must not be empty").max(max, `must have at most ${max} entries`);
}
