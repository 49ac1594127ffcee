import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import axe from "axe-core";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { inject } from "vitest";
import { z } from "zod";

/** Where the pictures are kept that the tests take; ignored by git. */
const SCREENSHOTS_FOLDER = resolve(import.meta.dirname, "../../../../reports/screenshots");

/** A new profile each time, no graphics card, nothing that the browser fetches for itself. */
const FLAGS = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Chromium's sandbox cannot be had as root. */
const ROOT_FLAGS = process.getuid?.() === 0 ? ["--no-sandbox"] : [];

/** Where the browser is, and if there is none, why: what a suite that is skipped says. */
export const browserToDrive = inject("chromium");

/** Starts the browser. Only for suites that are skipped when there is none. */
export async function openBrowser(): Promise<Browser & AsyncDisposable> {
  if ("missing" in browserToDrive) throw new Error(browserToDrive.missing);
  const browser = await chromium.launch({
    executablePath: browserToDrive.path,
    headless: true,
    args: [...FLAGS, ...ROOT_FLAGS],
  });
  return Object.assign(browser, { [Symbol.asyncDispose]: () => browser.close() });
}

/** The dashboard in a browser context of its own, watched for whatever it must never do. */
export interface DashboardPage extends AsyncDisposable {
  readonly page: Page;
  /** Violations of the content security policy, errors, and requests to anywhere else; empty at all times. */
  readonly faults: readonly string[];
  /** Takes the key as a reader would: typed, entered. */
  signIn(key: string): Promise<void>;
  /** What axe-core finds serious or critical in what is shown now. */
  accessibilityFaults(): Promise<string[]>;
  /** Everything that the browser keeps of this page beyond its memory. */
  stored(): Promise<unknown>;
  /** Keeps a picture of what is shown. */
  screenshot(name: string, options?: { readonly fullPage?: boolean }): Promise<void>;
}

export const NOTHING_STORED = { local: 0, session: 0, cookie: "", databases: 0, caches: 0, cookies: [] };

const DESKTOP = { width: 1280, height: 860 };

/** Opens the dashboard of the audit at `url`. */
export async function openDashboard(
  browser: Browser,
  url: string,
  options: BrowserContextOptions & { readonly hash?: string } = {},
): Promise<DashboardPage> {
  const { hash = "", ...contextOptions } = options;
  const context = await browser.newContext({ viewport: DESKTOP, colorScheme: "light", ...contextOptions });
  const page = await context.newPage();
  const faults: string[] = [];
  const { origin } = new URL(url);
  page.on("request", (request) => {
    if (new URL(request.url()).origin !== origin) faults.push(`asked ${request.url()}`);
  });
  page.on("pageerror", (error) => faults.push(`threw ${error.message}`));
  page.on("console", (message) => {
    // The browser notes failed requests by itself; how the page takes them is what the tests look at.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource"))
      faults.push(message.text());
  });
  await context.addInitScript(`addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
    console.error("policy violated: " + violatedDirective + " " + blockedURI));`);
  await page.goto(new URL(`/${hash}`, url).href);
  return {
    page,
    faults,
    async signIn(key) {
      await page.getByLabel("API key").fill(key);
      await page.getByRole("button", { name: "Open" }).click();
    },
    accessibilityFaults: () => accessibilityFaults(page),
    async stored() {
      const stored = await page.evaluate(`(async () => ({ local: localStorage.length, session: sessionStorage.length,
        cookie: document.cookie, databases: (await indexedDB.databases()).length, caches: (await caches.keys()).length }))()`);
      return { ...z.record(z.string(), z.unknown()).parse(stored), cookies: await context.cookies() };
    },
    async screenshot(name, { fullPage = false } = {}) {
      await mkdir(SCREENSHOTS_FOLDER, { recursive: true });
      await page.screenshot({ path: join(SCREENSHOTS_FOLDER, `${name}.png`), fullPage, animations: "disabled" });
    },
    [Symbol.asyncDispose]: () => context.close(),
  };
}

const resultsSchema = z.object({
  violations: z.array(
    z.object({ id: z.string(), impact: z.string().nullable(), nodes: z.array(z.object({ html: z.string() })) }),
  ),
});

async function accessibilityFaults(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = resultsSchema.parse(await page.evaluate("axe.run(document, { resultTypes: ['violations'] })"));
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, impact, nodes }) => nodes.map(({ html }) => `${impact} ${id}: ${html}`));
}
