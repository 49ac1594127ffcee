import type { Check } from "../check.ts";
import { type ConfiguredSecret, configuredSecrets } from "../configured-secrets.ts";
import { KNOWN_EXAMPLES } from "../known-examples.ts";
import { found, foundOrGood, type Result } from "../result.ts";

/** Fewer than a random text of 16 hexadecimal digits is likely to have. */
const LEAST_CHARACTERS = 6;
const WORDS = /change.?me|password|passwort|secret|example|default|flowstate|qwerty|letmein|12345678|abcdefgh/i;

/** Whether secrets can be guessed, are known, or stand in two places. */
export const secretsCheck: Check = {
  name: "secrets",
  run({ deployment: { environments } }) {
    const secrets = configuredSecrets(environments);
    if (secrets.length === 0) return [];
    const results = [...secrets.flatMap(qualityOf), ...reused(secrets)];
    return foundOrGood(results, `${secrets.length} secrets: none can be guessed, is known, or is used twice`);
  },
};

function qualityOf({ part, place, value, isKey }: ConfiguredSecret): readonly Result[] {
  if (KNOWN_EXAMPLES.has(value))
    return [found("secrets.example", `${part}: ${place} is an example of the documentation`)];
  const random = value.replace(/^wh(?:sec|sk)_/, "");
  const isWeak = new Set(random).size < LEAST_CHARACTERS || WORDS.test(random);
  return isWeak && !isKey ? [found("secrets.weak", `${part}: ${place} can be guessed`)] : [];
}

/** The same variable of two parts is one secret that both need; two places of one part, or two names, are not. */
function reused(secrets: readonly ConfiguredSecret[]): readonly Result[] {
  const byValue = Map.groupBy(secrets, ({ value }) => value);
  return [...byValue.values()].flatMap((same) => {
    const places = new Set(same.map(({ place }) => place));
    return places.size < 2 ? [] : [found("secrets.reused", `${[...places].join(" and ")} are the same`)];
  });
}
