// Real: the four services as processes, nats-server, PostgreSQL, the sealed transfers, Chromium, axe-core. Doubled:
// SendGrid and the ERP, each an HTTP server that speaks its contract; in one test the alerts that audit tells the page.
import { documentIdOf, startTestStack, type TestStack } from "@flowstate/local/e2e/test-stack.ts";
import { eInvoicePdf } from "@flowstate/local/fixtures/e-invoice.ts";
import { type TestDatabase, testDatabase } from "@flowstate/local/testing/test-database.ts";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { testPool } from "../testing/audit-database.ts";
import { browserToDrive, type DashboardPage, NOTHING_STORED, openBrowser, openDashboard } from "./testing/open-page.ts";

const SENDER = "billing@supplier.example";
const TRACE_URL_TEMPLATE = "https://traces.example/{trace_id}";
/** The server is tried again after a second or two, and is up after another. */
const BACK_LIMIT_MS = 20_000;

/** As many streams as one key may have. */
const STREAMS_PER_KEY = 32;

const wipedSchema = z.object({ ingest: z.number(), extractor: z.number(), "erp-pusher": z.number() });

/** A page has settled when it has; a busy machine takes its time. */
const PATIENCE = { timeout: 10_000 };

const missing = "missing" in browserToDrive ? browserToDrive.missing : undefined;
const title = missing === undefined ? "the dashboard" : `the dashboard (skipped: ${missing})`;

describe.skipIf(missing !== undefined)(title, () => {
  let database: TestDatabase;
  let stack: TestStack;
  let browser: Browser & AsyncDisposable;
  beforeAll(async () => {
    database = await testDatabase();
    [stack, browser] = await Promise.all([
      startTestStack({ database, environment: { TRACE_URL_TEMPLATE } }),
      openBrowser(),
    ]);
  });
  afterAll(async () => {
    await browser?.[Symbol.asyncDispose]();
    await stack?.[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  const open = (options = {}) => openDashboard(browser, stack.services.audit.url ?? "", options);
  const mail = async () => stack.mail({ documents: [{ filename: "invoice.pdf", bytes: await eInvoicePdf() }] });

  /** What holds in every state: the policy is kept, nobody else is asked, nothing is stored, anybody can use it. */
  async function expectSound(dashboard: DashboardPage) {
    expect(await dashboard.accessibilityFaults()).toEqual([]);
    expect(await dashboard.stored()).toEqual(NOTHING_STORED);
    expect(dashboard.faults).toEqual([]);
  }

  it("asks for a key, and says that a wrong one opens nothing", async () => {
    await using dashboard = await open();
    const { page } = dashboard;
    await page.getByText("no cookie, no storage").waitFor();
    await expectSound(dashboard);
    await dashboard.screenshot("sign-in");

    await dashboard.signIn("no-such-key-0123456789");
    await page.getByRole("alert").getByText("No tenant has this key").waitFor();
    expect(await page.getByLabel("API key").getAttribute("aria-invalid")).toBe("true");
    await expectSound(dashboard);
    await dashboard.screenshot("sign-in-wrong-key");
  });

  it("says what will appear before the first document has come", async () => {
    await using dashboard = await open();
    await dashboard.signIn(stack.settings.apiKey);
    await dashboard.page.getByText("No document has come yet").waitFor();
    await expectSound(dashboard);
    await dashboard.screenshot("documents-none-yet");
  });

  it("shows a mail the moment it arrives, and its life in memory to scale", async () => {
    await using dashboard = await open();
    const { page } = dashboard;
    await dashboard.signIn(stack.settings.apiKey);
    await page.getByText("Live", { exact: true }).waitFor();
    const documentId = documentIdOf(await mail());

    const row = page.getByRole("row").filter({ has: page.locator(`a[href="#/documents/${documentId}"]`) });
    await row.getByText("Delivered").waitFor();
    await row.getByText("wiped").waitFor();
    expect(await row.innerText()).toContain(SENDER);
    await expectSound(dashboard);
    await dashboard.screenshot("documents-live");

    await row.getByRole("link").click();
    await page.getByRole("heading", { name: documentId }).waitFor();
    const picture = page.locator(".picture");
    await picture.waitFor();
    for (const [place, copies] of Object.entries({ ingest: 2, extractor: 1, "erp-pusher": 1 })) {
      const lane = picture.locator(".lane").filter({ hasText: place });
      expect(await lane.locator(".wipe").count(), `wipes of ${place}`).toBe(copies);
      expect(await lane.locator(".bar").count(), `bars of ${place}`).toBe(copies);
    }
    const gemini = picture.locator(".lane").filter({ hasText: "Gemini" });
    expect(await gemini.innerText()).toContain("not asked: the PDF holds its data");
    await dashboard.screenshot("document-life", { fullPage: true });

    await page.getByText("The same in words").click();
    const table = page.getByRole("region", { name: "as a table" });
    const { events } = (await stack.auditTrail(documentId)) ?? { events: [] };
    const wiped = wipedSchema.parse(events.at(-1)?.data["wiped_bytes"]);
    const told = [...(await table.innerText()).matchAll(/([\d,]+) bytes zeroed/g)];
    const sum = told.reduce((total, [, bytes = ""]) => total + Number(bytes.replaceAll(",", "")), 0);
    expect(sum).toBe(wiped.ingest + wiped.extractor + wiped["erp-pusher"]);
    const trace = await page.getByRole("link", { name: "Open the trace" }).getAttribute("href");
    expect(trace).toMatch(/^https:\/\/traces\.example\/[0-9a-f]{32}$/);
    await expectSound(dashboard);
  });

  it("holds new documents back behind a button while the reader is not at the top", async () => {
    await using dashboard = await open({ viewport: { width: 360, height: 300 } });
    const { page } = dashboard;
    await dashboard.signIn(stack.settings.apiKey);
    await page.getByText("Live", { exact: true }).waitFor();
    await page.mouse.wheel(0, 400);
    await expect.poll(() => page.evaluate("scrollY"), PATIENCE).toBeGreaterThan(120);
    const documentId = documentIdOf(await mail());
    const held = page.getByRole("button", { name: "1 new document" });
    await held.waitFor();
    const row = page.locator(`a[href="#/documents/${documentId}"]`);
    expect(await row.count()).toBe(0);
    await expectSound(dashboard);
    await held.click();
    await row.waitFor();
    expect(await page.evaluate("scrollY")).toBe(0);
  });

  it("opens a document from its address, after asking for the key, and goes back", async () => {
    const documentId = documentIdOf(await mail());
    await using dashboard = await open({ hash: `#/documents/${documentId}` });
    const { page } = dashboard;
    await dashboard.signIn(stack.settings.apiKey);
    await page.getByRole("heading", { name: documentId }).waitFor();
    await page.getByRole("link", { name: "All documents" }).click();
    await page.getByRole("table", { name: "Documents" }).waitFor();
    await page.goBack();
    await page.getByRole("heading", { name: documentId }).waitFor();
    await expectSound(dashboard);
  });

  it("says of a document that is not there that it is not there", async () => {
    await using dashboard = await open({ hash: "#/documents/00000000-0000-8000-8000-000000000000" });
    await dashboard.signIn(stack.settings.apiKey);
    await dashboard.page.getByText("There is no such thing here").waitFor();
    await expectSound(dashboard);
    await dashboard.screenshot("document-not-found");
  });

  it("forgets the key when it is reloaded, and says so before it is asked", async () => {
    await using dashboard = await open();
    await dashboard.signIn(stack.settings.apiKey);
    await dashboard.page.getByRole("table", { name: "Documents" }).waitFor();
    await dashboard.page.reload();
    await dashboard.page.getByText("a reload asks for it again").waitFor();
    expect(await dashboard.page.getByLabel("API key").inputValue()).toBe("");
    expect(await dashboard.stored()).toEqual(NOTHING_STORED);
  });

  it("says what is not stored", async () => {
    await using dashboard = await open({ hash: "#/not-stored" });
    await dashboard.signIn(stack.settings.apiKey);
    await dashboard.page.getByRole("heading", { name: "Never kept" }).waitFor();
    await expectSound(dashboard);
    await dashboard.screenshot("not-stored", { fullPage: true });
  });

  it("says that the server is away, keeps what it has shown, and goes on when the server is back", async () => {
    await using dashboard = await open();
    const { page } = dashboard;
    await dashboard.signIn(stack.settings.apiKey);
    await page.getByText("Live", { exact: true }).waitFor();
    await page.getByRole("table", { name: "Documents" }).waitFor();
    const shown = await page.getByRole("row").count();

    await stack.services.audit.stop();
    await page.getByText("The server does not answer.").waitFor();
    expect(await page.getByRole("row").count()).toBe(shown);
    await expectSound(dashboard);
    await dashboard.screenshot("server-away");

    // Mails are delivered without audit; what happened meanwhile is told when it is back.
    const documentId = documentIdOf(await mail());
    await stack.services.audit.restart();
    await page.getByText("Live", { exact: true }).waitFor({ timeout: BACK_LIMIT_MS });
    await page.locator(`a[href="#/documents/${documentId}"]`).waitFor({ timeout: BACK_LIMIT_MS });
    expect(await page.getByText("The server does not answer.").count()).toBe(0);
    await expectSound(dashboard);
  });

  it("shows an operator every tenant, one at a time or all together, and how audit itself is", async () => {
    await using dashboard = await open();
    const { page } = dashboard;
    await dashboard.signIn(stack.settings.adminKey);
    await page.getByRole("table", { name: "Documents" }).waitFor();
    await page.getByLabel("Tenant").selectOption(stack.settings.tenantId);
    await page.getByRole("table", { name: "Documents" }).waitFor();
    await expectSound(dashboard);
    await page.getByRole("link", { name: "Health" }).click();
    const heads = page.getByRole("region", { name: "Chain heads", exact: true });
    await heads.getByRole("row").filter({ hasText: stack.settings.tenantId }).first().waitFor();
    expect(await page.getByRole("region", { name: "Recording" }).innerText()).toContain(
      "Events are recorded as they come.",
    );
    await page.getByRole("heading", { name: "Nothing is wrong" }).waitFor();
    await expectSound(dashboard);
    await dashboard.screenshot("health", { fullPage: true });
  });

  it("shows an operator what is wrong before everything else", async () => {
    await using dashboard = await open();
    const { page } = dashboard;
    const documentId = documentIdOf(await mail());
    const opened_at = new Date().toISOString();
    const wrong = {
      rule: "documents_held_by_erp",
      tenant_id: stack.settings.tenantId,
      affected: 3,
      code: "erp_unavailable",
      document_id: documentId,
      opened_at,
      quiet_since: null,
      told_at: null,
    };
    const over = {
      ...wrong,
      rule: "events_set_aside",
      tenant_id: "_",
      code: null,
      document_id: null,
      quiet_since: opened_at,
    };
    await page.route("**/admin/status", async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, json: { ...(await response.json()), alerts: [over, wrong] } });
    });
    await dashboard.signIn(stack.settings.adminKey);
    await page.getByRole("link", { name: "Health" }).click();
    const alerts = page.getByRole("region", { name: "Alerts" });
    await alerts.getByRole("heading", { name: "Something is wrong" }).waitFor();
    expect(await alerts.getByRole("listitem").first().innerText()).toContain("3 affected");
    await expectSound(dashboard);
    await dashboard.screenshot("health-alerts");
    await alerts.getByRole("link", { name: "The latest document" }).click();
    await page.getByRole("heading", { name: documentId }).waitFor();
    await page.getByRole("link", { name: "Statistics" }).click();
    await page.getByRole("heading", { name: "Time in a stage" }).waitFor();
    await expectSound(dashboard);
    await dashboard.screenshot("statistics-one-hour", { fullPage: true });
  });

  it("says that too many pages are open with a key whose streams are all taken", async () => {
    await using dashboard = await open();
    const { page } = dashboard;
    const { apiKey } = stack.settings;
    const taken = Array.from({ length: STREAMS_PER_KEY }, () => new AbortController());
    const url = new URL("/api/stream", stack.services.audit.url ?? "");
    await Promise.all(taken.map(({ signal }) => fetch(url, { headers: { "x-api-key": apiKey }, signal })));
    await dashboard.signIn(apiKey);
    await page.getByText("Too many pages are open with this key.").waitFor();
    await expectSound(dashboard);
    await dashboard.screenshot("server-crowded");
    for (const stream of taken) stream.abort();
    await page.getByRole("button", { name: "Try now" }).click();
    await page.getByText("Live", { exact: true }).waitFor(PATIENCE);
  });

  it("says that the database is away, and goes on by itself when it is back", async () => {
    await using dashboard = await open();
    const { page } = dashboard;
    await dashboard.signIn(stack.settings.apiKey);
    await page.getByText("Live", { exact: true }).waitFor();
    const pool = testPool(new URL("/postgres", database.url).href);
    const name = new URL(database.url).pathname.slice(1);
    await pool.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
    await pool.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", [name]);
    await page.getByText("The server’s database is away.").waitFor(PATIENCE);
    await expectSound(dashboard);
    await dashboard.screenshot("database-away");
    await pool.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
    await pool.end();
    await page.getByText("Live", { exact: true }).waitFor({ timeout: BACK_LIMIT_MS });
    await expectSound(dashboard);
  });
});
