import { NO_TENANT } from "../chain/segment.ts";
import type { Alert } from "./alert.ts";
import { ALERT_RULES } from "./alert-rules.ts";
import { type FollowedAlerts, wasGivenUp } from "./follow-alerts.ts";

/** Lines in one message. Slack cuts a text at 40,000 characters, and nobody reads more. */
const MAX_LINES = 20;
const MINUTE_MS = 60_000;

/**
 * One message for everything there is to tell, or undefined when there is nothing. It holds names of rules, tenant ids,
 * codes, counts, document ids and links: no address, no file name, nothing that a sender has chosen, so nothing in it has
 * to be escaped for Slack.
 */
export function slackMessage(
  { alerts, opened, recovered }: FollowedAlerts,
  pageUrl: URL | undefined,
  now: Date,
): string | undefined {
  const lines = [
    ...opened.map((alert) => `:rotating_light: ${openedLine(alert, pageUrl)}`),
    ...recovered.map((alert) =>
      wasGivenUp(alert, alerts)
        ? `:no_entry: ${recoveredLine(alert, now)} · not mended: senders have given up`
        : `:white_check_mark: ${recoveredLine(alert, now)}`,
    ),
  ];
  if (lines.length === 0) return undefined;
  const untold = lines.length - MAX_LINES;
  return [...lines.slice(0, MAX_LINES), ...(untold > 0 ? [`… and ${untold} more`] : [])].join("\n");
}

function openedLine({ rule, tenant_id, affected, code, document_id }: Alert, pageUrl: URL | undefined): string {
  const facts = [`*${rule}*`, ...tenantOf(tenant_id), ...(code === null ? [] : [code]), `${affected} affected`];
  const latest = document_id === null ? [] : [`latest ${documentLink(document_id, pageUrl)}`];
  return `${[...facts, ...latest].join(" · ")}\n${ALERT_RULES[rule]}`;
}

function recoveredLine({ rule, tenant_id, opened_at }: Alert, now: Date): string {
  const minutes = Math.max(1, Math.round((now.getTime() - Date.parse(opened_at)) / MINUTE_MS));
  return [`*${rule}* is over`, ...tenantOf(tenant_id), `after ${minutes} min`].join(" · ");
}

function tenantOf(tenant: string): string[] {
  return tenant === NO_TENANT ? [] : [tenant];
}

function documentLink(id: string, pageUrl: URL | undefined): string {
  return pageUrl === undefined ? id : `<${new URL(`#/documents/${id}`, pageUrl).href}|${id}>`;
}
