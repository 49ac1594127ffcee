import type { CheckedResult } from "./examine.ts";
import { FINDINGS } from "./findings.ts";

type Level = "ok" | "warn" | "FAIL" | "----";

/** One result as it is printed, or given to a program. */
interface ReportLine {
  readonly level: "ok" | "warning" | "failure" | "unchecked";
  readonly check: string;
  /** Of a finding. */
  readonly id?: string;
  readonly text: string;
  /** Of a finding. */
  readonly remedy?: string;
}

export function reportLines(results: readonly CheckedResult[]): readonly ReportLine[] {
  return results.map(({ check, result }) => {
    switch (result.kind) {
      case "good":
        return { level: "ok", check, text: result.text };
      case "unchecked":
        return { level: "unchecked", check, text: result.text };
      case "found": {
        const { level, remedy } = FINDINGS[result.id];
        return { level, check, id: result.id, text: result.text, remedy };
      }
      default:
        return result satisfies never;
    }
  });
}

const WORDS: Readonly<Record<ReportLine["level"], Level>> = {
  ok: "ok",
  warning: "warn",
  failure: "FAIL",
  unchecked: "----",
};
const WORD_WIDTH = 4;
const CHECK_WIDTH = 12;

/** For a person: a line for each result, and one that counts them. */
export function renderText(lines: readonly ReportLine[]): string {
  const rendered = lines.map(({ level, check, id, text, remedy }) => {
    const what = remedy === undefined ? text : `${text}. ${remedy} (${id})`;
    return `${WORDS[level].padEnd(WORD_WIDTH)} ${check.padEnd(CHECK_WIDTH)} ${what}`;
  });
  const count = (level: ReportLine["level"]) => lines.filter((line) => line.level === level).length;
  const counts = `${count("failure")} failures, ${count("warning")} warnings, ${count("ok")} good, ${count("unchecked")} not checked`;
  return `${rendered.join("\n")}\n\n${counts}\n`;
}

/** For a program. */
export function renderJson(lines: readonly ReportLine[]): string {
  return `${JSON.stringify(lines, null, 2)}\n`;
}

export function hasFailed(lines: readonly ReportLine[]): boolean {
  return lines.some(({ level }) => level === "failure");
}
