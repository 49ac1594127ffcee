import { configuredTenants, readConfig, retentionOf } from "@flowstate/runtime";
import { trustedKeysOf } from "../chain/settings.ts";
import { AgreedClock } from "../clock/agreed-clock.ts";
import { auditConfigWithoutServing } from "../config.ts";
import { retentionPolicy } from "../retention/retention-policy.ts";
import { planRetention, type RetentionResult, runRetention } from "../retention/run-retention.ts";
import { type Command, complain, openCommandPool, print } from "./command.ts";

/**
 * `npm run audit -- retention [--dry-run]`: removes what is past its time, as audit does by itself every day; or says what
 * that would be. The configuration is audit's.
 */
export const retention: Command = {
  usage: "retention [--dry-run]",
  accepts: (args) => args.length === 0 || (args.length === 1 && args[0] === DRY_RUN),
  async run(args, environment) {
    const config = readConfig(auditConfigWithoutServing.schema, auditConfigWithoutServing.variables, environment);
    const pool = openCommandPool(config.DATABASE_URL, "retaining");
    try {
      const now = await new AgreedClock(pool).surely();
      const run = {
        pool,
        policy: retentionPolicy(configuredTenants(config), retentionOf(config)),
        now,
        trusted: trustedKeysOf(config),
      };
      if (args[0] === DRY_RUN) {
        const planned = await planRetention(run);
        print(`Would remove ${described(planned)}.`);
        return tellUntrusted(planned);
      }
      const outcome = await runRetention({ ...run, key: config.AUDIT_SIGNING_KEY });
      if (outcome === undefined) {
        print("Another instance is at it: nothing was done here.");
        return false;
      }
      print(`Removed ${described(outcome)}.`);
      return tellUntrusted(outcome);
    } finally {
      await pool.end();
    }
  },
};

const DRY_RUN = "--dry-run";

/** Whether there were none. */
function tellUntrusted({ untrusted }: RetentionResult): boolean {
  if (untrusted > 0) {
    complain(`${untrusted} segments are left: their heads are not signed with a trusted key; run verify`);
  }
  return untrusted === 0;
}

function described({ segments, events, documents, partitions, rejected }: RetentionResult): string {
  return `${segments} segments with ${events} events, ${documents} documents, ${partitions} empty partitions, ${rejected} notes on messages set aside`;
}
