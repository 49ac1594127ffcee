import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

/*
 * Real: Biome with this repository's configuration and plugins. Doubled: the sources. Every snippet lies at a path of the
 * real layout inside one temporary folder, so that one run of the linter judges all of them.
 */

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const BIOME = fileURLToPath(import.meta.resolve("@biomejs/biome/bin/biome"));
const LINT_LIMIT_MS = 60_000;

const TIER = "lint/style/noRestrictedImports";
const DISK = "plugin";
const LEAVES_PACKAGE = "plugin";
const GLOBALS = "lint/style/noRestrictedGlobals";
const PROPERTIES = "lint/nursery/noJsRestrictedProperties";
const UNDECLARED = "lint/correctness/noUndeclaredDependencies";

interface Violation {
  readonly fact: string;
  readonly folder: string;
  readonly source: string;
  readonly rule: string;
  /** How the file's name begins and ends, where a rule looks at it. */
  readonly stem?: string;
  readonly ending?: string;
}

const imports = (specifier: string) => `import { thing } from "${specifier}";\nexport const used = thing;\n`;

const tierViolations: Violation[] = [
  ...["node:crypto", "node:fs", "@flowstate/ghost", "@flowstate/runtime", "@flowstate/messaging", "pino"].map(
    (specifier) => ({ fact: `contracts imports ${specifier}`, folder: "libs/contracts", specifier }),
  ),
  ...[
    "@flowstate/runtime",
    "@flowstate/messaging",
    "@flowstate/ingest/main.ts",
    "@flowstate/local/servers/nats-server.ts",
  ].map((specifier) => ({ fact: `ghost imports ${specifier}`, folder: "libs/ghost", specifier })),
  ...[
    "@flowstate/ghost",
    "@flowstate/messaging",
    "@flowstate/audit/main.ts",
    "@flowstate/local/servers/postgres.ts",
  ].map((specifier) => ({ fact: `runtime imports ${specifier}`, folder: "libs/runtime", specifier })),
  ...["@flowstate/extractor/main.ts", "@flowstate/local/servers/nats-server.ts"].map((specifier) => ({
    fact: `messaging imports ${specifier}`,
    folder: "libs/messaging/transfer",
    specifier,
  })),
  ...["ingest", "extractor", "erp-pusher", "audit"].flatMap((service) =>
    ["@flowstate/ingest/main.ts", "@flowstate/extractor", "@flowstate/erp-pusher/a/b.ts", "@flowstate/audit/main.ts"]
      .filter((specifier) => !specifier.startsWith(`@flowstate/${service}`))
      .map((specifier) => ({ fact: `${service} imports ${specifier}`, folder: `services/${service}`, specifier })),
  ),
  ...["ingest/receive", "extractor", "erp-pusher", "audit/routes"].map((folder) => ({
    fact: `${folder} imports a double in production code`,
    folder: `services/${folder}`,
    specifier: "@flowstate/local/doubles/gemini.ts",
  })),
  { fact: "audit imports ghost", folder: "services/audit", specifier: "@flowstate/ghost" },
  { fact: "the local stack imports a service", folder: "deploy/local", specifier: "@flowstate/ingest/main.ts" },
].map(({ fact, folder, specifier }) => ({ fact, folder, source: imports(specifier), rule: TIER }));

const testTierViolations: Violation[] = [
  {
    fact: "a service's test imports another service",
    folder: "services/ingest",
    ending: ".test.ts",
    source: imports("@flowstate/extractor/main.ts"),
    rule: TIER,
  },
];

const packageViolations: Violation[] = [
  { fact: "a library file reaches into a sibling", folder: "libs/ghost", source: imports("../runtime/logger.ts") },
  { fact: "a service file reaches into a sibling", folder: "services/ingest", source: imports("../extractor/a.ts") },
  { fact: "the way out is written ./../", folder: "services/ingest", source: imports("./../extractor/a.ts") },
  { fact: "a nested file leaves its service", folder: "services/audit/routes", source: imports("../../ingest/a.ts") },
  {
    fact: "a re-export leaves its package",
    folder: "libs/messaging",
    source: 'export * from "../ghost/sealing.ts";\n',
  },
  {
    fact: "a named re-export leaves its package",
    folder: "libs/messaging/transfer",
    source: 'export { seal } from "../../ghost/sealing.ts";\n',
  },
  {
    fact: "a dynamic import leaves its package",
    folder: "services/erp-pusher",
    source: 'export const used = await import("../audit/api.ts");\n',
  },
  { fact: "a bare import leaves its package", folder: "services/extractor", source: 'import "../audit/api.ts";\n' },
].map((violation) => ({ ...violation, rule: LEAVES_PACKAGE }));

const DOCUMENT_PATH = [
  "libs/ghost",
  "libs/messaging",
  "libs/messaging/transfer",
  "libs/runtime",
  "services/ingest",
  "services/ingest/receive",
  "services/extractor",
  "services/erp-pusher",
];

const diskViolations: Violation[] = [
  ...DOCUMENT_PATH.map((folder) => ({
    fact: `${folder} imports writeFileSync`,
    folder,
    source: 'import { writeFileSync } from "node:fs";\nwriteFileSync("x", "y");\n',
  })),
  ...[
    'import { createWriteStream } from "fs";\nexport const used = createWriteStream;\n',
    'import { readFileSync, writeFileSync } from "node:fs";\nexport const used = [readFileSync, writeFileSync];\n',
    'import * as disk from "node:fs";\nexport const used = disk.readFileSync;\n',
    'import disk from "node:fs";\nexport const used = disk.readFileSync;\n',
    'export * from "node:fs";\n',
    'export { writeFileSync } from "node:fs";\n',
    'export const used = await import("node:fs");\n',
    'const name = process.argv[2] ?? "";\nexport const used = await import(name);\n',
    "export const used = await import(`node:fs`);\n",
    'export const used = require("node:fs");\n',
    'import { writeHeapSnapshot } from "node:v8";\nwriteHeapSnapshot();\n',
    'import v8 from "node:v8";\nexport const used = v8;\n',
    ...[
      "fs/promises",
      "node:fs/promises",
      "node:os",
      "os",
      "node:sqlite",
      "node:child_process",
      "child_process",
      "node:cluster",
      "node:module",
      "node:inspector",
      "node:inspector/promises",
      "node:trace_events",
      "fs-extra",
      "graceful-fs",
      "tmp",
      "tmp-promise",
      "tempy",
      "multer",
      "formidable",
      "@fastify/multipart",
      "sonic-boom",
    ].map(imports),
  ].map((source) => ({ fact: source.split("\n", 1)[0] ?? "", folder: "services/extractor/gemini", source })),
].map((violation) => ({ ...violation, rule: DISK }));

const otherViolations: Violation[] = [
  ...DOCUMENT_PATH.flatMap((folder) => [
    { fact: `${folder} calls fetch`, folder, source: 'export const used = await fetch("x");\n', rule: GLOBALS },
    {
      fact: `${folder} calls globalThis.fetch`,
      folder,
      source: 'export const used = await globalThis.fetch("x");\n',
      rule: PROPERTIES,
    },
    {
      fact: `${folder} writes to the console`,
      folder,
      source: 'console.log("x");\n',
      rule: "lint/suspicious/noConsole",
    },
  ]),
  ...[
    'export const used = process.getBuiltinModule("node:fs");\n',
    'export const used = globalThis.process?.getBuiltinModule("node:fs");\n',
    'export const used = process["getBuiltinModule"]("node:fs");\n',
    "const { getBuiltinModule } = process;\nexport const used = getBuiltinModule;\n",
    'export const used = process.report.writeReport("x");\n',
    'import v8 from "node:v8";\nv8.writeHeapSnapshot();\n',
    'process.dlopen({}, "x.node");\n',
  ].map((source) => ({
    fact: source.trim().replace("\n", " "),
    folder: "services/extractor/gemini",
    source,
    rule: PROPERTIES,
  })),
  { fact: "a package is used undeclared", folder: "services/ingest", source: imports("undici"), rule: UNDECLARED },
  ...Object.entries({
    "lint/suspicious/noExplicitAny": "export const used = (value: any) => value;\n",
    "lint/nursery/noFloatingPromises": "async function later() {}\nexport function used() {\n  later();\n}\n",
    "lint/nursery/useNullishCoalescing": 'export const used = (value: string | undefined) => value || "fallback";\n',
    "lint/style/noNonNullAssertion": "export const used = (value: string | undefined) => value!.length;\n",
    "lint/style/noParameterAssign": "export function used(value: number) {\n  value = 1;\n  return value;\n}\n",
    "lint/style/noDefaultExport": "export default 1;\n",
    "lint/style/noEnum": "export enum Used {\n  A = 1,\n}\n",
    "lint/style/useImportType": 'import { Server } from "node:net";\nexport type Used = Server;\n',
    "lint/style/useNodejsImportProtocol": 'import { connect } from "net";\nexport const used = connect;\n',
    "lint/style/noExcessiveLinesPerFile": "export const used = 1;\n".concat("void used;\n".repeat(400)),
  }).map(([rule, source]) => ({ fact: `a service breaks ${rule}`, folder: "services/audit", source, rule })),
  {
    fact: "a file is not named in kebab-case",
    folder: "services/audit",
    stem: "storeEvents",
    source: "export const used = 1;\n",
    rule: "lint/style/useFilenamingConvention",
  },
];

interface Lawful {
  readonly fact: string;
  readonly folder: string;
  readonly source: string;
  readonly ending?: string;
}

const lawful: Lawful[] = [
  { fact: "contracts may import zod", folder: "libs/contracts", source: imports("zod") },
  { fact: "contracts may import its own files", folder: "libs/contracts", source: imports("./ids.ts") },
  { fact: "contracts' tests may read files", folder: "libs/contracts", ending: ".test.ts", source: imports("node:fs") },
  { fact: "ghost may import a declared package", folder: "libs/ghost", source: imports("@hpke/core") },
  { fact: "runtime may import contracts", folder: "libs/runtime", source: imports("@flowstate/contracts") },
  ...["contracts", "ghost", "runtime"].map((lib) => ({
    fact: `messaging may import ${lib}`,
    folder: "libs/messaging/transfer",
    source: imports(`@flowstate/${lib}`),
  })),
  ...["contracts", "ghost", "runtime", "messaging"].map((lib) => ({
    fact: `a service may import ${lib}`,
    folder: "services/extractor/gemini",
    source: imports(`@flowstate/${lib}`),
  })),
  {
    fact: "a nested file may step up in its service",
    folder: "services/ingest/receive",
    source: imports("../mail.ts"),
  },
  {
    fact: "a service's test may use doubles",
    folder: "services/ingest",
    ending: ".test.ts",
    source: imports("@flowstate/local/doubles/gemini.ts"),
  },
  {
    fact: "a test may make temporary folders",
    folder: "services/ingest",
    ending: ".test.ts",
    source: 'import { mkdtemp } from "node:fs/promises";\nexport const used = await mkdtemp("x");\n',
  },
  ...DOCUMENT_PATH.map((folder) => ({
    fact: `${folder} may read what the operator mounts`,
    folder,
    source: 'import { readFileSync } from "node:fs";\nexport const used = readFileSync("/proc/self/limits");\n',
  })),
  {
    fact: "a literal dynamic import of an own file is seen by the rules",
    folder: "libs/runtime",
    source: 'export const used = await import("./exporter.ts");\n',
  },
  { fact: "audit may read its migrations", folder: "services/audit", source: imports("node:fs/promises") },
  { fact: "the launcher may print", folder: "deploy/local", ending: ".mjs", source: 'console.log("ready");\n' },
  { fact: "the local stack may write", folder: "deploy/local", source: imports("node:fs/promises") },
];

const violations = [
  ...tierViolations,
  ...testTierViolations,
  ...packageViolations,
  ...diskViolations,
  ...otherViolations,
];

/** The n-th snippet's place in the layout: a file of its own. */
function pathOf(snippet: { folder: string; stem?: string; ending?: string }, index: number): string {
  return `${snippet.folder}/${snippet.stem ?? "snippet"}-${index}${snippet.ending ?? ".ts"}`;
}

interface Diagnostic {
  readonly category: string;
  readonly message: string;
  readonly location: { readonly path: string };
}

let folder: string;
let found: Map<string, Diagnostic[]>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "flowstate-lint-"));
  await cp(join(ROOT, "biome.json"), join(folder, "biome.json"));
  await cp(join(ROOT, "checks/lint"), join(folder, "checks/lint"), { recursive: true });
  for (const pack of ["libs/contracts", "libs/ghost", "libs/messaging", "libs/runtime", "deploy/local"]) {
    await cp(join(ROOT, pack, "package.json"), join(folder, pack, "package.json"));
  }
  for (const service of ["ingest", "extractor", "erp-pusher", "audit"]) {
    const manifest = join("services", service, "package.json");
    await cp(join(ROOT, manifest), join(folder, manifest));
  }
  await Promise.all(
    [...violations, ...lawful].map(async (snippet, index) => {
      const path = join(folder, pathOf(snippet, index));
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, snippet.source);
    }),
  );
  found = await lint(folder);
}, LINT_LIMIT_MS);

afterAll(() => rm(folder, { recursive: true, force: true }));

function lint(cwd: string): Promise<Map<string, Diagnostic[]>> {
  const parameters = [BIOME, "lint", "--reporter=json", "--max-diagnostics=none", "."];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, parameters, { cwd, maxBuffer: 64 * 1024 * 1024 }, (_error, stdout, stderr) => {
      const diagnostics = diagnosticsOf(stdout);
      if (diagnostics === undefined) return reject(new Error(`the linter did not report: ${stderr}`));
      const byPath = new Map<string, Diagnostic[]>();
      for (const diagnostic of diagnostics) {
        const { path } = diagnostic.location;
        byPath.set(path, [...(byPath.get(path) ?? []), diagnostic]);
      }
      resolve(byPath);
    });
  });
}

function diagnosticsOf(report: string): Diagnostic[] | undefined {
  try {
    const { diagnostics }: { diagnostics?: Diagnostic[] } = JSON.parse(report);
    return diagnostics;
  } catch {
    return undefined;
  }
}

describe("the linter refuses", () => {
  it.each(violations.map((violation, index) => ({ ...violation, path: pathOf(violation, index) })))(
    "$path: $fact",
    ({ path, rule }) => {
      const diagnostics = found.get(path) ?? [];
      expect(diagnostics.map(({ category }) => category)).toContain(rule);
    },
  );

  it("with the reason: no disk on a document's path", () => {
    const index = violations.findIndex(({ fact }) => fact === "services/ingest imports writeFileSync");
    const violation = violations[index];
    expect(violation).toBeDefined();
    const diagnostics = violation === undefined ? [] : (found.get(pathOf(violation, index)) ?? []);
    expect(diagnostics.map(({ message }) => message).join()).toContain("Documents live in memory only");
  });
});

describe("the linter permits", () => {
  it.each(lawful.map((snippet, index) => ({ ...snippet, path: pathOf(snippet, violations.length + index) })))(
    "$path: $fact",
    ({ path }) => {
      expect(found.get(path) ?? []).toEqual([]);
    },
  );
});
