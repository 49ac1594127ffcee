import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { ConfigError, readConfig, serviceSettings } from "@flowstate/runtime";
import { z } from "zod";
import { databaseRecord } from "../chain/database-record.ts";
import { describeFinding } from "../chain/finding.ts";
import { type KeptHead, keptHeadLine, parseKeptHeads } from "../chain/kept-heads.ts";
import { signingSettings } from "../chain/settings.ts";
import { publicKeysText, TrustedKeys } from "../chain/signing.ts";
import { verifyRecord } from "../chain/verify-record.ts";
import { databaseSettings, refusePlainDatabase } from "../database/settings.ts";
import { inSnapshot } from "../database/transaction.ts";
import { type Command, complain, openCommandPool, print } from "./command.ts";

const shape = {
  FLOWSTATE_LOCAL: serviceSettings.FLOWSTATE_LOCAL,
  DATABASE_URL: databaseSettings.DATABASE_URL,
  AUDIT_SIGNING_KEY: signingSettings.AUDIT_SIGNING_KEY.optional(),
  AUDIT_TRUSTED_KEYS: signingSettings.AUDIT_TRUSTED_KEYS,
};
const schema = z.object(shape).superRefine(refusePlainDatabase);

/**
 * `npm run audit -- verify`: holds the whole record against its signatures, while audit serves. Prints each tenant's head;
 * what is wrong goes to standard error. Public keys are enough: those of `--key`, or else those of the environment.
 */
export const verify: Command = {
  usage: "verify [--key PUBLIC_KEY[,…]] [--expect FILE]",
  accepts: (args) => parse(args) !== undefined,
  async run(args, environment) {
    const config = readConfig(schema, Object.keys(shape), environment);
    const { key, expect } = parse(args) ?? {};
    const keys = trustedKeys(key, config);
    const kept = expect === undefined ? [] : await readKeptHeads(expect, environment);
    if (kept === undefined) {
      complain(`${expect} cannot be read as heads that verify has printed`);
      return false;
    }
    const pool = openCommandPool(config.DATABASE_URL, "verifying");
    try {
      const startedAt = performance.now();
      const verification = await inSnapshot(pool, (client) => verifyRecord(databaseRecord(client), keys, kept));
      const { findings, heads, segments, events } = verification;
      print(...heads.map(keptHeadLine));
      const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
      process.stderr.write(`${count(events)} events in ${count(segments)} segments looked at in ${seconds} s.\n`);
      complain(...findings.map(describeFinding));
      if (findings.length === 0) process.stderr.write("The record holds.\n");
      return findings.length === 0;
    } finally {
      await pool.end();
    }
  },
};

const count = (number: number) => number.toLocaleString("en");

function parse(args: readonly string[]): { readonly key?: string; readonly expect?: string } | undefined {
  try {
    return parseArgs({ args: [...args], options: { key: { type: "string" }, expect: { type: "string" } } }).values;
  } catch {
    return undefined;
  }
}

function trustedKeys(key: string | undefined, config: z.output<typeof schema>): TrustedKeys {
  if (key !== undefined) {
    const given = publicKeysText.safeParse(key);
    if (!given.success) throw new ConfigError(given.error.issues.map(({ message }) => `--key: ${message}`));
    return new TrustedKeys(given.data);
  }
  const { AUDIT_SIGNING_KEY, AUDIT_TRUSTED_KEYS = [] } = config;
  const own = AUDIT_SIGNING_KEY === undefined ? [] : [AUDIT_SIGNING_KEY.publicKey];
  if (own.length + AUDIT_TRUSTED_KEYS.length > 0) return new TrustedKeys([...own, ...AUDIT_TRUSTED_KEYS]);
  throw new ConfigError(["--key: is required unless AUDIT_SIGNING_KEY or AUDIT_TRUSTED_KEYS is set"]);
}

async function readKeptHeads(file: string, environment: NodeJS.ProcessEnv): Promise<readonly KeptHead[] | undefined> {
  // npm runs scripts in the root of the repository; the path is meant from where the user stands.
  const path = resolve(environment["INIT_CWD"] ?? "", file);
  try {
    return parseKeptHeads(await readFile(path, "utf8"));
  } catch {
    return undefined;
  }
}
