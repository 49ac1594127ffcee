import type { z } from "zod";
import { publicKeysText, type SigningKey, signingKeyText, TrustedKeys } from "./signing.ts";

/** The variables that say with what the record is signed, and whose signatures count. */
export const signingSettings = {
  AUDIT_SIGNING_KEY: signingKeyText
    .meta({ secret: true })
    .describe("Private key that the record of events is signed with: npm run audit -- key makes one."),
  AUDIT_TRUSTED_KEYS: publicKeysText
    .optional()
    .describe("Public keys of earlier signing keys, separated by commas: what they have signed goes on being trusted."),
};
interface SigningConfig {
  readonly AUDIT_SIGNING_KEY: SigningKey;
  readonly AUDIT_TRUSTED_KEYS?: z.output<(typeof signingSettings)["AUDIT_TRUSTED_KEYS"]>;
}

/** The keys whose signatures count: the present one and those before it. */
export function trustedKeysOf({ AUDIT_SIGNING_KEY, AUDIT_TRUSTED_KEYS = [] }: SigningConfig): TrustedKeys {
  return new TrustedKeys([AUDIT_SIGNING_KEY.publicKey, ...AUDIT_TRUSTED_KEYS]);
}
