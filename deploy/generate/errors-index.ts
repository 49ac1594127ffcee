import { readFileSync } from "node:fs";
import { CODES, ERROR_CATEGORIES } from "../../libs/contracts/index.ts";

const FOLDER = new URL("../../docs/errors/", import.meta.url);

/** `docs/errors/README.md`: both tables, each row with the first sentence of its page. */
export function errorsIndex(): string {
  const categories = Object.entries(ERROR_CATEGORIES).map(
    ([name, status]) => `| [${name}](${name}.md) | ${status} | ${firstSentenceOf(name)} |`,
  );
  const codes = Object.entries(CODES).map(
    ([name, end]) => `| [${name}](${name}.md) | ${end} | ${firstSentenceOf(name)} |`,
  );
  return `# Errors

Generated from \`libs/contracts\` and the pages of this folder by \`npm run generate\`; tests hold the pages, the
tables and this index together.

## Answers to a failed request

The body is \`{"error":"<category>"}\` and nothing else.

| category | status | what happened |
|---|---|---|
${categories.join("\n")}

## Why a document or a mail ended as it did

The code stands in the event of the end, in the audit log, and in the log line. Only \`deferred\` is temporary: the sender
keeps the mail and sends it again.

| code | end | what happened |
|---|---|---|
${codes.join("\n")}
`;
}

function firstSentenceOf(name: string): string {
  const page = readFileSync(new URL(`${name}.md`, FOLDER), "utf8");
  const sentence = /\n## What happened\n\n(.*?[.:])(?: (?=[A-Z`])|\n)/.exec(page)?.[1];
  if (sentence === undefined) throw new Error(`docs/errors/${name}.md does not say what happened`);
  return sentence;
}
