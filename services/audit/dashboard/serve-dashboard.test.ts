// Real: the dashboard's files and routes. Doubled: the network, requests being injected; the API is not there.
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { createHttpServer } from "@flowstate/runtime";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { silentLogger } from "../testing/audit-database.ts";
import { type DashboardFiles, readDashboardFiles } from "./dashboard-files.ts";
import { serveDashboard } from "./serve-dashboard.ts";

const PAGE = join(import.meta.dirname, "page");

let files: DashboardFiles;
let server: FastifyInstance;
beforeAll(async () => {
  files = await readDashboardFiles();
  server = createHttpServer({ logger: silentLogger, requestTimeoutMs: 1_000 });
  serveDashboard(server, files);
});
afterAll(() => server.close());

const get = (url: string, headers = {}) => server.inject({ method: "GET", url, headers });

describe("GET /", () => {
  it("answers the page, which may run and fetch what comes from here and nothing else", async () => {
    const answer = await get("/");
    expect(answer.statusCode).toBe(200);
    expect(answer.headers["content-type"]).toBe("text/html; charset=utf-8");
    expect(answer.headers["content-security-policy"]).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; " +
        "require-trusted-types-for 'script'; trusted-types 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    );
    expect(answer.headers).toMatchObject({
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
      "cache-control": "no-cache",
    });
    expect(answer.headers["permissions-policy"]).toContain("camera=()");
    expect(answer.headers["set-cookie"]).toBeUndefined();
  });

  it("holds no script and no style of its own, and names no other origin", async () => {
    const { body } = await get("/");
    expect(body).not.toMatch(/<style|style=|\son\w+=|javascript:|https?:\/\//i);
    expect(body.match(/<script/g)).toHaveLength(1);
    expect(body).toMatch(/<script type="module" src="\/dashboard\/[0-9a-f]{16}\/main\.js"><\/script>/);
  });

  it("is answered 304 while it is the same", async () => {
    const { headers } = await get("/");
    const again = await get("/", { "if-none-match": String(headers.etag) });
    expect([again.statusCode, again.body]).toEqual([304, ""]);
    expect((await get("/", { "if-none-match": '"another"' })).statusCode).toBe(200);
  });
});

describe("GET /dashboard/<version>/<name>", () => {
  it("answers every file that the page asks for, to be kept for good", async () => {
    const { body } = await get("/");
    const asked = [...body.matchAll(/(?:href|src)="([^"]+)"/g)].flatMap(([, address]) => address ?? []);
    expect(asked.length).toBeGreaterThan(10);
    for (const address of asked) {
      const answer = await get(address);
      expect([address, answer.statusCode]).toEqual([address, 200]);
      expect(answer.headers["cache-control"]).toBe("public, max-age=31536000, immutable");
      expect(answer.headers["x-content-type-options"]).toBe("nosniff");
    }
  });

  it("answers every module that a module imports", async () => {
    for (const [name, { bytes, type }] of files.files) {
      if (!type.startsWith("text/javascript") || name.startsWith("vendor/")) continue;
      for (const [, target = ""] of bytes.toString("utf8").matchAll(/^import .*from "([^"]+)";$/gm)) {
        const { pathname } = new URL(target, `http://page/dashboard/${files.version}/${name}`);
        expect([name, target, (await get(pathname)).statusCode]).toEqual([name, target, 200]);
      }
    }
  });

  it("keeps nothing of another version, while instances of two versions run side by side", async () => {
    const answer = await get("/dashboard/0123456789abcdef/main.js");
    expect([answer.statusCode, answer.headers["cache-control"]]).toEqual([200, "no-store"]);
  });

  it.each([
    "main.ts",
    "tsconfig.json",
    "index.html",
    "vendor/preact.d.ts",
    "../serve-dashboard.ts",
    "..%2fserve-dashboard.ts",
    "%2e%2e/serve-dashboard.ts",
    "vendor/../../dashboard-files.ts",
    "",
  ])("knows nothing of %j", async (name) => {
    expect((await get(`/dashboard/${files.version}/${name}`)).statusCode).toBe(404);
  });

  it("serves all of the page's scripts and styles", async () => {
    const present = (await readdir(PAGE, { recursive: true })).filter((name) => /\.(?:js|css|svg)$/.test(name));
    expect([...files.files.keys()].filter((name) => !name.startsWith("vendor/")).toSorted()).toEqual(
      present.toSorted(),
    );
  });
});
