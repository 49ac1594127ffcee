import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";

const PAGE_FOLDER = join(import.meta.dirname, "page");

/** What a browser may be given, and as what. A file of any other kind is not served. */
const MEDIA_TYPES: Readonly<Record<string, string>> = {
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** The three files that come from packages, as they are, under the names that the page's modules import. */
const VENDOR_FILES = [
  { name: "vendor/preact.js", packageName: "htm", file: "preact/standalone.module.js" },
  { name: "vendor/uplot.js", packageName: "uplot", file: "dist/uPlot.esm.js" },
  { name: "vendor/uplot.css", packageName: "uplot", file: "dist/uPlot.min.css" },
] as const;

/** In `index.html`, where the version stands in its links. */
const VERSION_PLACEHOLDER = "/dashboard/version/";
const VERSION_LENGTH = 16;

export interface DashboardFile {
  readonly type: string;
  readonly bytes: Buffer;
}

export interface DashboardFiles {
  /** Names the content of all files together: what is fetched under it never changes. */
  readonly version: string;
  readonly page: Buffer;
  /** By the name that follows the version in their address. */
  readonly files: ReadonlyMap<string, DashboardFile>;
}

/** Reads everything that the dashboard may ever serve. Nothing is read from disk because of a request. */
export async function readDashboardFiles(): Promise<DashboardFiles> {
  const files = new Map<string, DashboardFile>();
  for (const name of (await readdir(PAGE_FOLDER, { recursive: true })).toSorted()) {
    const type = MEDIA_TYPES[extname(name)];
    if (type !== undefined) files.set(name, { type, bytes: await readFile(join(PAGE_FOLDER, name)) });
  }
  for (const { name, packageName, file } of VENDOR_FILES) {
    const type = MEDIA_TYPES[extname(name)] ?? "";
    files.set(name, { type, bytes: await readFile(join(packageFolder(packageName), file)) });
  }
  const html = await readFile(join(PAGE_FOLDER, "index.html"), "utf8");
  const version = versionOf(html, files);
  return { version, files, page: Buffer.from(html.replaceAll(VERSION_PLACEHOLDER, `/dashboard/${version}/`)) };
}

function versionOf(html: string, files: ReadonlyMap<string, DashboardFile>): string {
  const hash = createHash("sha256").update(html);
  for (const [name, { bytes }] of files) hash.update(`\n${name} ${bytes.length}\n`).update(bytes);
  return hash.digest("hex").slice(0, VERSION_LENGTH);
}

/** A package's folder, found by its main module: not every package lets its other files be resolved by name. */
function packageFolder(name: string): string {
  const main = fileURLToPath(import.meta.resolve(name));
  return dirname(dirname(main));
}
