import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { GhostBytes, stringsLeft, whenScrubbed } from "../../../libs/ghost/index.ts";
import { DocumentReader } from "../../../services/extractor/pdf/document-reader.ts";

/**
 * A hardened process that reads the document it is named as the extractor does, gives it up half way, says what came of it when
 * all that it is scrubbed of is gone, and lives on.
 */

/** Of processor time: by then the pages that can be read are in strings. */
const GIVEN_UP_AFTER_CPU_MS = 2_000;
const LOOK_MS = 20;

const [path = ""] = parseArgs({ allowPositionals: true }).positionals;
const reader = await DocumentReader.start();
const caller = new AbortController();
const begun = process.cpuUsage();
const looking = setInterval(() => {
  const { user, system } = process.cpuUsage(begun);
  if ((user + system) / 1_000 > GIVEN_UP_AFTER_CPU_MS) caller.abort();
}, LOOK_MS);
const content = GhostBytes.taking(readFileSync(path));
const { result } = await reader.read(content, caller.signal);
clearInterval(looking);
content.wipe();
// Waits for what ends behind the answer.
await reader[Symbol.asyncDispose]();
whenScrubbed((reach) => reach === "everything" && process.send?.(result));
stringsLeft();
process.on("message", () => {});
