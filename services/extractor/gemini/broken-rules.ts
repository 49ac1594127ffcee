import type { z } from "zod";

/** Rules told to the model at most: a bad answer breaks the same one in every line. */
const MAX_RULES = 10;

/**
 * What an answer did wrong, in words for the model: where, and what the schema wants there. Made of the schema's own
 * names, numbers and patterns; no value and no name that the answer brought is repeated, because it may be the document's.
 */
export function brokenRules(issues: readonly z.core.$ZodIssue[]): readonly string[] {
  return [...new Set(issues.map((issue) => `/${issue.path.map(String).join("/")} ${wanted(issue)}`))].slice(
    0,
    MAX_RULES,
  );
}

function wanted(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return `must be of type ${issue.expected}`;
    case "invalid_value":
      return `must be one of ${issue.values.map(String).join(", ")}`;
    case "too_big":
      return `must have at most ${issue.maximum} ${issue.origin === "array" ? "items" : "characters"}`;
    case "too_small":
      return "must not be empty";
    case "invalid_format":
      return issue.format === "date"
        ? "must be a date that exists, YYYY-MM-DD"
        : `must match ${issue.pattern ?? issue.format}`;
    case "unrecognized_keys":
      return "must have no fields but those of the schema";
    default:
      return "must fit the schema";
  }
}
