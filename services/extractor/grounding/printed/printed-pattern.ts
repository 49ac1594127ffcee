/** Finds a value in plain print as a word of its own, whatever the case, white space and hyphens. */
export function printedPattern(value: string): RegExp {
  const bare = [...value.replace(/[\s\p{Pd}]/gu, "")].map((character) => RegExp.escape(character));
  return new RegExp(String.raw`(?<![\p{L}\p{N}])${bare.join(String.raw`[\s-]*`)}(?![\p{L}\p{N}])`, "iu");
}
