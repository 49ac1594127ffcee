import { z } from "zod";
import { outboundUrl } from "./config.ts";
import { keyFitsCertificate, NOT_ITS_KEY, pemCertificate, pemPrivateKey } from "./pem.ts";
import { agreedHeaders } from "./tenant-erp-headers.ts";

/**
 * `erp` of a tenant (docs/operations/tenants.md): where its extractions go, how its ERP knows that they come from here, and
 * what it expects. What erp-pusher alone understands (secrets, keys, networks, the payload's mapping) is text or anything
 * here, and read by erp-pusher's extension of this schema: libraries do not know services.
 */

/** The new one and the old one while rotating. */
const MAX_SIGNING_SECRETS = 2;
/** A bearer token may be a JWT; servers rarely take more than 8 KiB of headers altogether. */
const MAX_TOKEN_LENGTH = 4096;
/** Sites number themselves from a few networks. */
export const MAX_ALLOWED_NETWORKS = 16;

/** How long an ERP may take to answer, milliseconds. */
export const ERP_TIMEOUT_BOUNDS = { min: 1_000, max: 120_000 } as const;
/** How many deliveries an ERP may be sent at once. */
const ERP_CONCURRENCY_BOUNDS = { min: 1, max: 64 } as const;

/** A token68, as RFC 6750 §2.1 writes one: nothing that could end the header. */
const TOKEN = /^[A-Za-z0-9._~+/-]+=*$/;

const NO_TOKEN = "must be letters, digits and ._~+/- with = at its end only";
const NO_OBJECT = "must be an object";

/** What is sent as `Authorization: Bearer …`. */
export const bearerToken = z
  .string(NO_TOKEN)
  .max(MAX_TOKEN_LENGTH, `must have at most ${MAX_TOKEN_LENGTH} characters`)
  .regex(TOKEN, NO_TOKEN);

const clientCertificate = z
  .strictObject({ certificate: pemCertificate, key: pemPrivateKey }, NO_OBJECT)
  .refine(keyFitsCertificate, { path: ["key"], message: NOT_ITS_KEY });

export const tenantErpSchema = z.strictObject(
  {
    url: outboundUrl,
    /** Standard Webhooks signing secrets, whsec_…: what they must look like is erp-pusher's to say. */
    secrets: z
      .array(z.string("must be a signing secret"), "must be a list")
      .min(1, "must not be empty")
      .max(...atMost(MAX_SIGNING_SECRETS)),
    /** Private keys of ed25519 signatures, whsk_…: erp-pusher's to read. */
    signing_keys: z
      .array(z.string("must be a signing key"), "must be a list")
      .max(...atMost(MAX_SIGNING_SECRETS))
      .default([]),
    bearer_token: bearerToken.optional(),
    /** Headers that every delivery carries, names in lower case. */
    headers: agreedHeaders.optional(),
    client_certificate: clientCertificate.optional(),
    ca_certificate: pemCertificate.optional(),
    timeout_ms: wholeNumberWithin(ERP_TIMEOUT_BOUNDS).optional(),
    max_concurrency: wholeNumberWithin(ERP_CONCURRENCY_BOUNDS).optional(),
    /** Networks in which the ERP may be although they are not public: erp-pusher's to read. */
    allowed_networks: z
      .array(z.string("must be a network such as 10.20.0.0/16"), "must be a list")
      .max(...atMost(MAX_ALLOWED_NETWORKS))
      .default([]),
    /** The fields that the ERP expects in place of the full payload: erp-pusher's to read. */
    payload: z.unknown().optional(),
  },
  NO_OBJECT,
);

/** Why `bearerToken` and the agreed headers cannot both be used; undefined when they can. */
export function authorizationProblem(erp: {
  readonly bearer_token?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}): string | undefined {
  if (erp.bearer_token === undefined || erp.headers?.["authorization"] === undefined) return undefined;
  return "must not have authorization beside bearer_token";
}

function wholeNumberWithin({ min, max }: { readonly min: number; readonly max: number }) {
  return z.int("must be a whole number").min(min, `must be at least ${min}`).max(max, `must be at most ${max}`);
}

function atMost(max: number): [number, string] {
  return [max, `must have at most ${max} entries`];
}
