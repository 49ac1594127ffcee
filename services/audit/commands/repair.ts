import { readConfig, serviceSettings } from "@flowstate/runtime";
import { z } from "zod";
import { WHOLE_RECORD } from "../chain/chain-break.ts";
import { repairRecord } from "../chain/repair-record.ts";
import { signingSettings, trustedKeysOf } from "../chain/settings.ts";
import { AgreedClock } from "../clock/agreed-clock.ts";
import { databaseSettings, refusePlainDatabase } from "../database/settings.ts";
import { type Command, openCommandPool, print } from "./command.ts";

const shape = {
  FLOWSTATE_LOCAL: serviceSettings.FLOWSTATE_LOCAL,
  DATABASE_URL: databaseSettings.DATABASE_URL,
  ...signingSettings,
};
const schema = z.object(shape).superRefine(refusePlainDatabase);

/**
 * `npm run audit -- repair`: lets recording go on after somebody has been at a head that it stands on. A decision of a person,
 * to be taken when `verify` was run and what it says was kept: the break is signed, and `verify` names it for ever.
 */
export const repair: Command = {
  usage: "repair",
  accepts: (args) => args.length === 0,
  async run(_args, environment) {
    const config = readConfig(schema, Object.keys(shape), environment);
    const pool = openCommandPool(config.DATABASE_URL, "repairing");
    try {
      const now = await new AgreedClock(pool).surely();
      const breaks = await repairRecord({ pool, key: config.AUDIT_SIGNING_KEY, trusted: trustedKeysOf(config), now });
      if (breaks.length === 0) print("Every head is signed with a trusted key: there is nothing to repair.");
      for (const { tenant_id, day } of breaks) {
        print(`${tenant_id === WHOLE_RECORD ? "the record" : tenant_id} is begun anew on ${day}, signed by this key.`);
      }
      return true;
    } finally {
      await pool.end();
    }
  },
};
