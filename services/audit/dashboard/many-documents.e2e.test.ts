// Real: audit as a process, nats-server, PostgreSQL, Chromium, axe-core. Doubled: ingest, whose ten thousand documents are
// published here under its identity.
import { startTestStack, type TestStack } from "@flowstate/local/e2e/test-stack.ts";
import { type TestDatabase, testDatabase } from "@flowstate/local/testing/test-database.ts";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { browserToDrive, NOTHING_STORED, openBrowser, openDashboard } from "./testing/open-page.ts";
import { publishHistory } from "./testing/publish-history.ts";

const DOCUMENTS = 10_000;
/** Whatever is scrolled to, the page holds about two screens of rows. */
const MOST_ELEMENTS = 2_500;
const PUBLISH_LIMIT_MS = 120_000;
const SCROLL_LIMIT_MS = 90_000;

/** A page has settled when it has; a busy machine takes its time. */
const PATIENCE = { timeout: 10_000 };

const missing = "missing" in browserToDrive ? browserToDrive.missing : undefined;
const title = missing === undefined ? "ten thousand documents" : `ten thousand documents (skipped: ${missing})`;

describe.skipIf(missing !== undefined)(title, () => {
  let database: TestDatabase;
  let stack: TestStack;
  let browser: Browser & AsyncDisposable;
  beforeAll(async () => {
    database = await testDatabase();
    [stack, browser] = await Promise.all([startTestStack({ database }), openBrowser()]);
    await publishHistory(stack, DOCUMENTS);
  }, PUBLISH_LIMIT_MS);
  afterAll(async () => {
    await browser?.[Symbol.asyncDispose]();
    await stack?.[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  async function openSignedIn(options = {}) {
    const dashboard = await openDashboard(browser, stack.services.audit.url ?? "", options);
    await dashboard.signIn(stack.settings.apiKey);
    await dashboard.page.getByRole("table", { name: "Documents" }).waitFor();
    return dashboard;
  }

  it(
    "are scrolled through to the last one with the elements of two screens",
    async () => {
      await using dashboard = await openSignedIn();
      const { page } = dashboard;
      const end = page.getByText(`${DOCUMENTS.toLocaleString("en")} documents. That is all.`);
      let mostElements = 0;
      while ((await end.count()) === 0) {
        mostElements = Math.max(mostElements, await jumpToTheEnd(page));
      }
      expect(await jumpToTheEnd(page)).toBeGreaterThan(0);
      expect(mostElements).toBeLessThan(MOST_ELEMENTS);
      expect(Number(await page.getByRole("row").last().getAttribute("aria-rowindex"))).toBe(DOCUMENTS + 1);
      expect(dashboard.faults).toEqual([]);
      expect(await dashboard.stored()).toEqual(NOTHING_STORED);
    },
    SCROLL_LIMIT_MS,
  );

  it("are moved through with the keyboard alone", async () => {
    await using dashboard = await openSignedIn();
    const { page } = dashboard;
    await page.locator(".row a").first().focus();
    const focused = () => focusedRow(page);
    for (const key of ["ArrowDown", "ArrowDown", "PageDown", "ArrowUp"]) {
      const before = await focused();
      await page.keyboard.press(key);
      await expect.poll(focused, PATIENCE).toSatisfy((now) => Number.isInteger(now) && now !== before);
    }
    const index = await focused();
    expect(index).toBeGreaterThan(10);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: /^Document / }).waitFor();
    await page.goBack();
    await expect.poll(focused, PATIENCE).toBe(index);
    expect(await scrolledTo(page)).toBeGreaterThan(0);
  });

  it("are found again where the reader left them, after a document and after another view", async () => {
    await using dashboard = await openSignedIn();
    const { page } = dashboard;
    await jumpToTheEnd(page);
    const rowInWindow = `[...document.querySelectorAll(".row a")].map((link) => [Number(link.dataset.index),
      link.getBoundingClientRect().top]).find(([, top]) => top > innerHeight / 2)?.[0] ?? -1`;
    const index = z.number().parse(await page.evaluate(rowInWindow));
    expect(index).toBeGreaterThan(100);
    const top = await scrolledTo(page);
    await page.locator(`[data-index="${index}"]`).click();
    await page.getByRole("heading", { level: 1, name: /^Document / }).waitFor();
    await page.goBack();
    await expect.poll(() => focusedRow(page), PATIENCE).toBe(index);
    expect(await scrolledTo(page)).toBe(top);

    await page.getByRole("link", { name: "Statistics" }).click();
    await page.getByRole("heading", { name: "Success rate" }).waitFor();
    await page.getByRole("link", { name: "Documents" }).click();
    await expect.poll(() => page.evaluate(rowInWindow), PATIENCE).toBe(index);
    expect(await scrolledTo(page)).toBe(top);
  });

  it("keep the keyboard's row while the page is scrolled away from it", async () => {
    await using dashboard = await openSignedIn();
    const { page } = dashboard;
    await page.locator(".row a").nth(3).focus();
    await jumpToTheEnd(page);
    expect(await focusedRow(page)).toBe(3);
    await page.keyboard.press("ArrowUp");
    await expect.poll(() => focusedRow(page), PATIENCE).toBe(2);
    const covering = `document.elementFromPoint(innerWidth / 2, document.activeElement.closest(".row").getBoundingClientRect()
      .top + 1)?.closest(".row")?.ariaRowIndex`;
    await expect.poll(() => page.evaluate(covering), PATIENCE).toBe("4");
  });

  it("are narrowed by status, code and sender, and an empty answer says how to see all again", async () => {
    await using dashboard = await openSignedIn();
    const { page } = dashboard;
    const statuses = async () => new Set(await page.locator(".row .cell-status .status").allInnerTexts());
    await page.getByRole("button", { name: "Deferred" }).click();
    await expect.poll(statuses, PATIENCE).toEqual(new Set(["Deferred"]));
    await page.getByRole("button", { name: "Refused" }).click();
    await expect.poll(statuses, PATIENCE).toEqual(new Set(["Deferred", "Refused"]));
    await page.getByLabel("Code").selectOption("document_encrypted");
    await expect.poll(statuses, PATIENCE).toEqual(new Set(["Refused"]));
    expect(await dashboard.accessibilityFaults()).toEqual([]);
    await dashboard.screenshot("documents-filtered");

    await page.getByLabel("Sender’s address").fill("nobody@nowhere.example");
    await page.getByText("No document is like that").waitFor();
    expect(await dashboard.accessibilityFaults()).toEqual([]);
    await dashboard.screenshot("documents-none-like-that");
    await page.getByRole("button", { name: "Show all documents" }).click();
    await expect.poll(statuses, PATIENCE).toContain("Delivered");
    expect(dashboard.faults).toEqual([]);
  });

  it.each([
    { name: "desktop-light", options: {} },
    { name: "desktop-dark", options: { colorScheme: "dark" as const } },
    { name: "phone-light", options: { viewport: { width: 360, height: 740 }, hasTouch: true } },
    { name: "phone-dark", options: { viewport: { width: 360, height: 740 }, colorScheme: "dark" as const } },
  ])("can be read and used by anybody: $name", async ({ name, options }) => {
    await using dashboard = await openSignedIn(options);
    const { page } = dashboard;
    const expectSound = async (view: string) => {
      expect(await dashboard.accessibilityFaults(), view).toEqual([]);
      expect(await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), `${view} fits`).toBe(true);
    };
    await expectSound("documents");
    await dashboard.screenshot(`documents-${name}`);

    await page.locator(".row a").first().click();
    await page.locator(".picture").waitFor();
    await expectSound("document");
    await dashboard.screenshot(`document-${name}`, { fullPage: true });

    await page.getByRole("link", { name: "Statistics" }).click();
    await page.getByRole("heading", { name: "Success rate" }).waitFor();
    await expectSound("statistics");
    await dashboard.screenshot(`statistics-${name}`, { fullPage: true });
    expect(dashboard.faults).toEqual([]);
  });

  it("are counted over time, in a chart that the keyboard moves along and in a table", async () => {
    await using dashboard = await openSignedIn();
    const { page } = dashboard;
    await page.getByRole("link", { name: "Statistics" }).click();
    const card = page.getByRole("region", { name: "Documents per hour", exact: true });
    await card.locator(".plot canvas").waitFor();
    await card.locator(".plot").focus();
    await page.keyboard.press("End");
    await expect.poll(() => card.locator(".chart-legend strong").count(), PATIENCE).toBeGreaterThan(0);
    await card.getByText("As a table").click();
    const table = card.getByRole("table");
    const cells = await table.locator("tbody td").allInnerTexts();
    const sum = cells.reduce((total, cell) => total + Number(cell.replaceAll(",", "")), 0);
    const note = await card.locator(".chart-head p").innerText();
    expect(note).toContain(sum.toLocaleString("en"));
    expect(dashboard.faults).toEqual([]);
  });
});

/** The index of the row that has the focus; not a number while none has. */
async function focusedRow(page: Page): Promise<number> {
  return Number(await page.evaluate("document.activeElement?.dataset.index"));
}

async function scrolledTo(page: Page): Promise<number> {
  return z.number().parse(await page.evaluate("scrollY"));
}

/** Jumps to what is the end so far, waits for two frames, and says how many elements there are. */
async function jumpToTheEnd(page: Page): Promise<number> {
  const counted = await page.evaluate(`new Promise((resolve) => {
    scrollTo(0, document.documentElement.scrollHeight);
    requestAnimationFrame(() => requestAnimationFrame(() => resolve(document.querySelectorAll("*").length)));
  })`);
  return z.number().parse(counted);
}
