import { join } from "node:path";
import { brokerLogin, startHardened } from "@flowstate/messaging";
import {
  apiKeysOf,
  configuredKeys,
  configuredTenants,
  Drain,
  encryptionOf,
  type Logger,
  type RunningService,
  renewCertificate,
  retentionOf,
} from "@flowstate/runtime";
import { AlertMetrics } from "./alerts/alert-metrics.ts";
import { SlackWebhook } from "./alerts/slack.ts";
import { createApi } from "./api.ts";
import { RecordChain } from "./chain/record-chain.ts";
import { trustedKeysOf } from "./chain/settings.ts";
import { AgreedClock } from "./clock/agreed-clock.ts";
import type { AuditConfig } from "./config.ts";
import { readDashboardFiles } from "./dashboard/dashboard-files.ts";
import { serveDashboard } from "./dashboard/serve-dashboard.ts";
import { checkApiRole, requireApiRole } from "./database/api-role.ts";
import { openPool, type PoolSettings } from "./database/open-pool.ts";
import { Readiness } from "./readiness.ts";
import { recordingLag } from "./recording/recording-lag.ts";
import { type RunningRecording, startRecording } from "./recording/start-recording.ts";
import { retentionPolicy } from "./retention/retention-policy.ts";

const MIGRATIONS_FOLDER = join(import.meta.dirname, "migrations");

/** Storing, a rebuild and the look for alerts beside it, have connections of their own: no amount of questions can keep an event waiting. */
const STORING = { purpose: "storing", maxConnections: 5, statementTimeoutMs: 30_000 } as const;
/** One connection holds retention's lock, one works. */
const RETAINING = { purpose: "retaining", maxConnections: 2, statementTimeoutMs: 300_000 } as const;
/** The tenants' questions, as a role to which the database shows one tenant at a time. */
const ASKING = { purpose: "asking", maxConnections: 8, statementTimeoutMs: 5_000 } as const;
/** The operator's questions. */
const OVERSEEING = { purpose: "overseeing", maxConnections: 4, statementTimeoutMs: 5_000, readOnly: true } as const;

/**
 * Puts audit together: API, database, broker. It starts without the database and without the broker and takes up its work
 * when they are there; `/livez` answers all the while and `/readyz` says how it stands. It does not start with an API role
 * that could see more than one tenant, nor unhardened when it must not. Disposing has `/readyz` say so
 * for a while, and finishes the batches and the requests under way.
 */
export async function startAudit(config: AuditConfig, logger: Logger): Promise<RunningService<AuditConfig>> {
  const hardened = await startHardened(logger, config.GHOST_STRICT);
  await using starting = new AsyncDisposableStack();
  const open = (settings: Omit<PoolSettings, "logger">) => {
    const pool = openPool({ ...settings, logger });
    starting.defer(() => pool.end());
    return pool;
  };
  const storing = open({ ...STORING, url: config.DATABASE_URL });
  const asking = open({ ...ASKING, url: config.DATABASE_API_URL, admit: checkApiRole });
  const overseeing = open({ ...OVERSEEING, url: config.DATABASE_URL });
  await requireApiRole(asking);

  const clock = new AgreedClock(storing);
  const readiness = new Readiness(asking, clock);
  const configured = configuredTenants(config);
  const keys = configuredKeys([...apiKeysOf(configured), ...(config.ADMIN_API_KEYS ?? [])]);
  const retention = retentionOf(config);
  const tenants = configured.map(({ id, plan }) => ({ id, plan, retention_days: retention[plan] }));
  const { TRACE_URL_TEMPLATE: traceUrlTemplate } = config;
  const trusted = trustedKeysOf(config);
  const retaining = {
    pool: open({ ...RETAINING, url: config.DATABASE_URL }),
    policy: retentionPolicy(configured, retention),
    key: config.AUDIT_SIGNING_KEY,
    trusted,
    now: () => clock.surely(),
  };
  let recording: RunningRecording | undefined;
  const drain = new Drain();
  const server = createApi(
    { ...encryptionOf(config), drain },
    { keys, tenantPool: asking, operatorPool: overseeing, tenants, traceUrlTemplate, logger },
    { lag: () => recording?.lag() ?? recordingLag(overseeing, undefined), retention: retaining },
    { ...hardened, isReady: () => drain.hasBegun === false && readiness.holds() },
  );
  starting.defer(() => server.close());
  serveDashboard(server, await readDashboardFiles());
  const url = await server.listen({ host: config.AUDIT_HOST, port: config.AUDIT_PORT });

  const { SLACK_WEBHOOK_URL: slackUrl, AUDIT_PUBLIC_URL: pageUrl } = config;
  const slack = slackUrl === undefined ? undefined : starting.use(new SlackWebhook(slackUrl));
  const metrics = starting.use(new AlertMetrics());
  const begun = await startRecording({
    databaseUrl: config.DATABASE_URL,
    migrationsFolder: MIGRATIONS_FOLDER,
    broker: brokerLogin(config, "EVENTS"),
    pool: storing,
    clock,
    chain: new RecordChain(config.AUDIT_SIGNING_KEY, trusted),
    retention: retaining,
    alerts: { tell: slack?.tell, pageUrl, onLook: (alerts) => metrics.found(alerts) },
    logger,
    onRecording: () => readiness.recordingBegan(),
  });
  recording = begun;
  starting.defer(async () => {
    await Promise.all([drain.begin(config.STOP_DRAIN_MS), begun[Symbol.asyncDispose]()]);
  });

  const parts = starting.move();
  return {
    url,
    renewCertificates(renewed) {
      recording?.renewCertificate(brokerLogin(renewed, "EVENTS"));
      renewCertificate(server, renewed);
    },
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}
