import { foldedText } from "./folded-text.ts";
import { LANGUAGES } from "./languages.ts";

/**
 * What a country is called, by the tables of Unicode (CLDR) that are part of Node, and by its codes of ISO 3166-1.
 */

/** What people write and CLDR does not have. */
const OTHERS: Readonly<Record<string, readonly string[]>> = {
  AE: ["uae", "u a e", "emirates"],
  CN: ["p r china", "pr china", "prc", "people's republic of china", "mainland china", "vr china"],
  CZ: ["czech republic", "tschechische republik", "republique tcheque", "repubblica ceca", "republica checa"],
  DE: ["bundesrepublik deutschland", "federal republic of germany", "brd", "deu"],
  GB: ["uk", "u k", "great britain", "england", "scotland", "wales", "northern ireland", "grossbritannien", "gbr"],
  HK: ["hong kong", "hong kong sar", "hongkong"],
  IE: ["eire"],
  KR: ["korea", "rok"],
  NL: ["holland", "the netherlands", "nederlande"],
  RU: ["russian federation"],
  SK: ["slovak republic"],
  TW: ["taiwan, r o c", "taiwan r o c"],
  TR: ["turkey", "turkei"],
  // A state, too, which stands behind its towns.
  US: [
    "georgia",
    "usa",
    "u s a",
    "u s",
    "united states of america",
    "vereinigte staaten von amerika",
    "estados unidos de america",
  ],
  VN: ["viet nam"],
};
/** Of most documents that reach us. */
const USUAL = ["en", "de", "fr", "es", "it", "nl", "pl"];
/** Languages that number their months, and so are missing among those whose months have names. */
const WITH_NUMBERED_MONTHS = ["ja", "ko", "vi", "zh", "zh-Hant"];
/** Of the codes that have a name: unions, what is unknown, what is made up. */
const NO_COUNTRY = new Set(["EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"]);
const LETTERS = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
/** What is said of a country besides its name. */
const STATE = /^(?:republic of|republik|republique d[eu']|repubblica di|kingdom of|state of) ?/u;
/** A longer text is no country's name, in UTF-16 units. */
const MAX_LENGTH = 40;

type CountriesByName = ReadonlyMap<string, ReadonlySet<string>>;
let usual: CountriesByName | undefined;
let all: CountriesByName | undefined;

/**
 * ISO 3166-1 alpha-2 codes of the countries that a text is the name of in any language, or the code of in capitals; undefined
 * for anything else. `Niger` and `Guinea` are one country each in some languages and another in others. The table of all
 * languages takes a tenth of a second and is made when the usual ones first do not have a text.
 */
export function countriesNamed(text: string): ReadonlySet<string> | undefined {
  if (text.length > MAX_LENGTH || /\d/.test(text)) return undefined;
  usual ??= countriesByName(USUAL);
  const found = countriesIn(usual, text);
  if (found !== undefined) return found;
  all ??= countriesByName([...LANGUAGES.filter((each) => !/-[A-Z]{2}$/.test(each)), ...WITH_NUMBERED_MONTHS]);
  return countriesIn(all, text);
}

function countriesIn(table: CountriesByName, text: string): ReadonlySet<string> | undefined {
  const [name, code] = [bare(text), text.trim()];
  const named = table.get(name) ?? table.get(name.replace(STATE, ""));
  return name.length > 2 || code === code.toUpperCase() ? named : undefined;
}

function countriesByName(languages: readonly string[]): CountriesByName {
  const countries = new Map<string, Set<string>>();
  const add = (name: string, code: string) => countries.set(name, (countries.get(name) ?? new Set()).add(code));
  const english = new Intl.DisplayNames("en", { type: "region", fallback: "none" });
  const codes = LETTERS.flatMap((a) => LETTERS.map((b) => a + b)).filter(
    (code) => !NO_COUNTRY.has(code) && isToday(code) && english.of(code) !== undefined,
  );
  for (const language of languages) {
    const names = new Intl.DisplayNames(language, { type: "region", fallback: "none" });
    for (const code of codes) {
      const name = bare(names.of(code) ?? "");
      if (name !== "") add(name, code);
    }
  }
  for (const code of codes) {
    add(code.toLowerCase(), code);
    for (const name of OTHERS[code] ?? []) add(name, code);
  }
  return countries;
}

/** Not the code of what a country was once: `DD`. */
function isToday(code: string): boolean {
  return Intl.getCanonicalLocales(`und-${code}`)[0] === `und-${code}`;
}

function bare(text: string): string {
  const folded = /^[ -~]*$/.test(text) ? text.toLowerCase() : foldedText(text.normalize("NFKC"));
  return folded.replace(/[^\p{L}\p{N}']+/gu, " ").trim();
}
