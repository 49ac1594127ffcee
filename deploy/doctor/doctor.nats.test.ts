// Real: nats-server from the production configuration, PostgreSQL, both over TLS, with certificates of npm run certs.
// Doubled: Gemini, the ERP, and what the machine says of itself.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { configuredSecrets } from "./configured-secrets.ts";
import type { PartName } from "./deployment.ts";
import { examine } from "./examine.ts";
import { FINDINGS, type FindingId } from "./findings.ts";
import { hasFailed, renderJson, renderText, reportLines } from "./report.ts";
import type { Surroundings } from "./surroundings.ts";
import { BROKEN_BROKERS } from "./testing/broken-brokers.ts";
import { BROKEN_DATABASES } from "./testing/broken-databases.ts";
import { BROKEN_NEIGHBOURS } from "./testing/broken-neighbours.ts";
import { BROKEN_SETTINGS } from "./testing/broken-settings.ts";
import type { Setup } from "./testing/broken-setup.ts";
import { type HealthyDeployment, startHealthyDeployment } from "./testing/healthy-deployment.ts";

/** What no set-up here has: a cluster whose copies lag, an old PostgreSQL, a bug. */
const NOT_PROVOKED: readonly FindingId[] = ["streams.copy_behind", "database.version_old", "doctor.broke_off"];
/** Of the healthy deployment: its doubles are on this machine, its authority is its own, and Debian's nats-server is old. */
const ALWAYS: readonly FindingId[] = ["settings.plain_text_permitted", "certificates.not_public", "broker.version_old"];

const BROKEN_SETUPS = [...BROKEN_SETTINGS, ...BROKEN_BROKERS, ...BROKEN_DATABASES, ...BROKEN_NEIGHBOURS];

let healthy: HealthyDeployment;
beforeAll(async () => {
  healthy = await startHealthyDeployment();
});
afterAll(() => healthy[Symbol.asyncDispose]());

const SURROUNDINGS: Surroundings = {
  now: () => new Date(),
  // Nothing here is waited for in vain; a busy machine is slow.
  patienceMs: 20_000,
  hardening: () => [{ measure: "no_swap", holds: true }],
  memoryLimit: () => 4 * 2 ** 30,
};

/** What the doctor says, and that it says no secret. */
async function reportOf({ environments, surroundings }: Pick<Setup, "environments" | "surroundings">) {
  const given = new Map(Object.entries(environments)) as ReadonlyMap<PartName, NodeJS.ProcessEnv>;
  const lines = reportLines(await examine(given, { ...SURROUNDINGS, ...surroundings }));
  const text = renderText(lines);
  for (const { place, value } of configuredSecrets(given)) expect(text.includes(value), place).toBe(false);
  return { lines, text };
}

const idsOf = ({ lines }: Awaited<ReturnType<typeof reportOf>>, level: string) =>
  new Set(lines.flatMap((line) => (line.level === level ? [line.id] : [])));

describe("of a healthy deployment", () => {
  it("the doctor finds no failure, and says each thing that it has looked at in a line", async () => {
    const report = await reportOf({ environments: healthy.environments() });
    expect(idsOf(report, "failure"), report.text).toEqual(new Set());
    expect(idsOf(report, "warning"), report.text).toEqual(new Set(ALWAYS));
    expect(hasFailed(report.lines)).toBe(false);
    for (const check of [
      "settings",
      "broker",
      "permissions",
      "documents",
      "streams",
      "database",
      "model",
      "erp",
      "telemetry",
    ]) {
      expect(report.text).toMatch(new RegExp(`^ok   ${check} `, "m"));
    }
    expect(JSON.parse(renderJson(report.lines))).toHaveLength(report.lines.length);
  });

  it("one part alone is looked at by what it has, and what that does not allow is said to be unchecked", async () => {
    const { audit } = healthy.environments();
    const report = await reportOf({ environments: { audit } });
    expect(idsOf(report, "failure"), report.text).toEqual(new Set());
    expect(report.text).toMatch(/^---- erp {10}the ERPs: give the doctor the part erp-pusher/m);
    expect(report.text).toMatch(/^ok {3}streams {6}audit's consumer: there/m);
  });
});

describe("the doctor names", () => {
  it.each(BROKEN_SETUPS)("$finds: $is", async ({ finds, says = "", arrange }) => {
    await using setup = await arrange(healthy);
    const report = await reportOf(setup);
    expect(report.text).toContain(says);
    const { level } = FINDINGS[finds];
    const others = ALWAYS.filter((id) => id !== finds);
    expect(idsOf(report, level).difference(new Set(others)), report.text).toEqual(new Set([finds]));
    if (level === "warning") expect(hasFailed(report.lines), report.text).toBe(false);
  });

  it("everything that stands in its table of findings", () => {
    const named = new Set([...BROKEN_SETUPS.map(({ finds }) => finds), ...ALWAYS]);
    expect(Object.keys(FINDINGS).filter((id) => !named.has(id as FindingId))).toEqual(NOT_PROVOKED);
  });
});
