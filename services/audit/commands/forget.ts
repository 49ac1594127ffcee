import { adminSettings, brokerLogin, eraseEvents, refusePlainBroker } from "@flowstate/messaging";
import { ALSO_WITH_PROBLEMS, readConfig, serviceSettings } from "@flowstate/runtime";
import { z } from "zod";
import { signingSettings, trustedKeysOf } from "../chain/settings.ts";
import { databaseSettings, refusePlainDatabase } from "../database/settings.ts";
import { forgetEverywhere } from "../erasure/forget-sender.ts";
import { type Command, complain, openCommandPool, print } from "./command.ts";

const shape = {
  FLOWSTATE_LOCAL: serviceSettings.FLOWSTATE_LOCAL,
  DATABASE_URL: databaseSettings.DATABASE_URL,
  ...signingSettings,
  ...adminSettings,
};
const schema = z.object(shape).superRefine((config, context) => {
  refusePlainDatabase(config, context);
  refusePlainBroker(config, ["ADMIN"], context);
}, ALSO_WITH_PROBLEMS);

/** What `npm run audit -- forget` is told: it works on the record and on the stream. */
export const forgetConfig = { schema, variables: Object.keys(shape) };

/**
 * `npm run audit -- forget ADDRESS`: erases the messages that carry a sender's address from the stream, and replaces the
 * address by a pseudonym in the database. Prints numbers and the pseudonym, never the address.
 */
export const forget: Command = {
  usage: "forget ADDRESS",
  accepts: ([address, ...more]) => z.email().safeParse(address).success && more.length === 0,
  async run([address = ""], environment) {
    const config = readConfig(schema, forgetConfig.variables, environment);
    const pool = openCommandPool(config.DATABASE_URL, "forgetting");
    const forgetting = { pool, key: config.AUDIT_SIGNING_KEY, trusted: trustedKeysOf(config), now: new Date() };
    try {
      const { pseudonym, events, documents, tampered, stream } = await forgetEverywhere(forgetting, address, () =>
        eraseEvents({ ...brokerLogin(config, "ADMIN"), matches: carrying(address) }),
      );
      const { erased, pending } = stream;
      print(
        `Erased in ${events} events of ${documents} documents; in its place stands ${pseudonym}.`,
        `Erased ${erased} messages of the stream.`,
      );
      if (tampered > 0) complain(`in ${tampered} events the address had been put by somebody else; run verify`);
      if (pending > 0) complain(`${pending} messages are not recorded yet; run forget again when they are`);
      return tampered === 0 && pending === 0;
    } finally {
      await pool.end();
    }
  },
};

/**
 * Whether a message has the address in it, in whatever case and place: one that was set aside is no event whose sender could
 * be asked for. That a longer address ends in this one does no harm: what is erased was recorded.
 */
function carrying(address: string): (data: Uint8Array) => boolean {
  const wanted = address.toLowerCase();
  return (data) => Buffer.from(data).toString("latin1").toLowerCase().includes(wanted);
}
