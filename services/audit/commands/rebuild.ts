import { readConfig, serviceSettings } from "@flowstate/runtime";
import { z } from "zod";
import { databaseSettings, refusePlainDatabase } from "../database/settings.ts";
import { type RebuildProgress, rebuildDocuments } from "../projection/rebuild-documents.ts";
import { type Command, openCommandPool } from "./command.ts";

const shape = {
  FLOWSTATE_LOCAL: serviceSettings.FLOWSTATE_LOCAL,
  DATABASE_URL: databaseSettings.DATABASE_URL,
};
const schema = z.object(shape).superRefine(refusePlainDatabase);

/** `npm run audit -- rebuild`: folds every document anew from the stored events, while audit serves. */
export const rebuild: Command = {
  usage: "rebuild",
  accepts: (args) => args.length === 0,
  async run(_args, environment) {
    const { DATABASE_URL } = readConfig(schema, Object.keys(shape), environment);
    const pool = openCommandPool(DATABASE_URL, "rebuilding");
    const stopping = new AbortController();
    process.once("SIGINT", () => stopping.abort());
    try {
      const outcome = await rebuildDocuments({ pool, signal: stopping.signal, onProgress: showProgress });
      process.stderr.write("\n");
      process.stdout.write(`${SENTENCES[outcome]}\n`);
      return outcome === "rebuilt";
    } finally {
      await pool.end();
    }
  },
};

const SENTENCES = {
  rebuilt: "Every document is folded from its events.",
  under_way_elsewhere: "Another rebuild is under way: nothing was done here.",
  stopped: "Stopped on request. What is not folded anew stands as it stood; run it again.",
} as const;

/** One line that is written over. */
function showProgress({ done, total }: RebuildProgress): void {
  process.stderr.write(`\r${done.toLocaleString("en")} of ${total.toLocaleString("en")} documents`);
}
