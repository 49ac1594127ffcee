/** The languages of the documents that reach us. */
const LANGUAGES = ["en", "de", "fr", "es", "it", "nl"] as const;
const NAMES = LANGUAGES.map((language) => new Intl.DisplayNames(language, { type: "region", fallback: "none" }));

/** What an ISO 3166-1 alpha-2 code may be printed as. Empty for no country's code. */
export function countryNames(code: string): readonly string[] {
  return NAMES.flatMap((names) => names.of(code) ?? []);
}
