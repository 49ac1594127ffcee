import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startGemini } from "../../deploy/local/doubles/gemini.ts";
import { sampleFacts } from "../../deploy/local/doubles/gemini-answer.ts";
import { type EInvoiceSyntax, eInvoicePdf } from "../../deploy/local/fixtures/e-invoice.ts";
import { encryptedPdf } from "../../deploy/local/fixtures/hostile-pdfs.ts";
import { COMPILED_CODE } from "../../deploy/local/testing/compiled-code.ts";

// Real: the command in a process of its own, the extractor, the files. Doubled: Gemini.

const MAIN = resolve(import.meta.dirname, "main.ts");
const SYNTAXES: readonly EInvoiceSyntax[] = [
  "en-16931",
  "minimum",
  "basic-wl",
  "basic",
  "extended",
  "zugferd-1",
  "ubl",
  "order-x",
];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "flowstate-eval-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function runEval(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const report = join(folder, "report.json");
  const child = spawn(process.execPath, [MAIN, ...args, "--report", report], {
    env: { ...COMPILED_CODE, PATH: process.env["PATH"] ?? "", INIT_CWD: folder, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
  return { code, output, errors, report: await readFile(report, "utf8").then(JSON.parse, () => undefined) };
}

describe("npm run eval", () => {
  it("finds every e-invoice read as its data states it, in whatever syntax, in folders below, too", async () => {
    await mkdir(join(folder, "own", "more"), { recursive: true });
    for (const syntax of SYNTAXES) {
      await writeFile(join(folder, "own", "more", `${syntax}.PDF`), await eInvoicePdf({ syntax }));
    }
    const { code, output, report } = await runEval(["own"]);
    expect(report).toEqual({
      files: SYNTAXES.length,
      fields: expect.any(Number),
      correct: report.fields,
      accuracy: 1,
      lines_expected: 24,
      lines_correct: 24,
      failures: [],
    });
    expect(report.fields).toBeGreaterThan(400);
    expect(output).toMatch(/\/lines\/\*\/amount +100\.00 % {2}24 of 24/);
    expect(output).toContain("8 files");
    expect(code).toBe(0);
  });

  describe("with a model", () => {
    it("shows what it read otherwise than the file beside the document says, and never shows it the data inside", async () => {
      await using gemini = await startGemini({
        facts: { ...sampleFacts, lines: [...sampleFacts.lines].reverse(), document_number: "INV-20913" },
      });
      await mkdir(join(folder, "model"));
      await writeFile(join(folder, "model", "a.pdf"), await eInvoicePdf());
      await writeFile(
        join(folder, "model", "a.json"),
        JSON.stringify({ document_number: "INV-20931", lines: sampleFacts.lines, totals: { gross: "505.750" } }),
      );
      await writeFile(join(folder, "model", "b.pdf"), await eInvoicePdf({ xml: false }));
      const { code, output, report } = await runEval(["model", "--provider", "gemini"], {
        GEMINI_API_KEY: "AIza-test-key",
        GEMINI_BASE_URL: gemini.url,
      });
      expect(report).toMatchObject({ files: 1, lines_expected: 2, lines_correct: 0 });
      expect(report.failures).toContainEqual({
        file: "a.pdf",
        outcome: "gemini",
        path: "/document_number",
        expected: "INV-20931",
        actual: "INV-20913",
      });
      expect(report.correct).toBe(report.fields - report.failures.length);
      expect(report.accuracy).toBeCloseTo(report.correct / report.fields);
      expect(output).toContain('a.pdf /document_number: "INV-20931", read "INV-20913"');
      expect(output).toMatch(/Nothing says what these state:\n {2}b\.pdf/);
      expect(gemini.requests).toHaveLength(1);
      expect(gemini.requests[0]?.sizeBytes).toBeLessThan((await eInvoicePdf()).byteLength - 1_000);
      expect(code).toBe(0);
    });

    it("compares what it read with the data inside by the codes of units, and not by those that no page prints", async () => {
      const units = ["pcs", "kg", "km", null];
      const lines = sampleFacts.lines.slice(0, 1).flatMap((line) => units.map((unit) => ({ ...line, unit })));
      await using gemini = await startGemini({ facts: { ...sampleFacts, lines } });
      await mkdir(join(folder, "inside"));
      await writeFile(join(folder, "inside", "a.pdf"), await eInvoicePdf());
      const { report } = await runEval(["inside", "--provider", "gemini"], {
        GEMINI_API_KEY: "AIza-test-key",
        GEMINI_BASE_URL: gemini.url,
      });
      const failures: readonly { readonly path: string; readonly expected: unknown; readonly actual: unknown }[] =
        report.failures;
      const ofCodes = failures.filter(({ path }) => /\/(?:unit|category)$/.test(path));
      expect(ofCodes).toMatchObject([{ path: "/lines/1/unit", expected: "C62", actual: "kg" }]);
    });

    it("says what is needed when there is no key", async () => {
      const { code, errors } = await runEval([".", "--provider", "gemini"]);
      expect({ code, errors }).toEqual({ code: 1, errors: "flowstate: --provider gemini needs GEMINI_API_KEY\n" });
    });
  });

  it("counts everything as wrong in a document that is refused", async () => {
    await mkdir(join(folder, "refused"));
    await writeFile(join(folder, "refused", "a.pdf"), await encryptedPdf());
    await writeFile(join(folder, "refused", "a.json"), JSON.stringify({ document_number: "X", currency: "EUR" }));
    const { report } = await runEval(["refused"]);
    expect(report).toMatchObject({ files: 1, fields: 2, correct: 0, accuracy: 0 });
    expect(report.failures).toMatchObject([{ outcome: "document_encrypted" }, { outcome: "document_encrypted" }]);
  });

  it("fails where there is nothing to compare, or the arguments make no sense", async () => {
    await mkdir(join(folder, "empty"));
    expect((await runEval(["empty"])).code).toBe(1);
    const usage = expect.stringMatching(/^flowstate: usage: npm run eval -- DIR/);
    expect(await runEval([])).toMatchObject({ code: 1, errors: usage });
    expect(await runEval(["own", "--provider", "openai"])).toMatchObject({ code: 1, errors: usage });
    expect(await runEval(["nowhere"])).toMatchObject({ code: 1, errors: expect.stringMatching(/is no folder/) });
  });
});
