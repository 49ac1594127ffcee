import {
  type ExtractionPolicy,
  VALIDATION_RULES,
  type Validation,
  type ValidationIssue,
  type ValidationRule,
} from "@flowstate/contracts";

/** A rule that is broken, and where: a JSON pointer from the extraction's root. */
export interface Finding {
  readonly rule: ValidationRule;
  readonly path: string;
}

/** Most problems listed: more than anybody reads, and a hostile document can make thousands. */
export const LISTED_ISSUES_MAX = 1_000;

/** How serious each finding is, by the table of rules and, where that leaves it open, by the tenant's policy. */
export function issuesOf(
  findings: readonly Finding[],
  onUngrounded: ExtractionPolicy["on_ungrounded"] = "warn",
): ValidationIssue[] {
  const byPolicy = onUngrounded === "invalid" ? "error" : "warning";
  return findings.map(({ rule, path }) => {
    const { severity } = VALIDATION_RULES[rule];
    return { rule, severity: severity === "by_policy" ? byPolicy : severity, path };
  });
}

/** What the issues amount to. Of more than can be listed the worst stay, because they come first. */
export function validationOf(issues: readonly ValidationIssue[]): Validation {
  const of = (severity: ValidationIssue["severity"]) => issues.filter((issue) => issue.severity === severity);
  const [errors, warnings, notes] = [of("error"), of("warning"), of("note")];
  const listed = [...errors, ...warnings, ...notes].slice(0, LISTED_ISSUES_MAX);
  if (errors.length > 0) return { status: "invalid", issues: listed };
  return { status: warnings.length > 0 ? "warnings" : "valid", issues: listed };
}
