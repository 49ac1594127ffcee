import { outboundUrl } from "@flowstate/runtime";

export const alertSettings = {
  SLACK_WEBHOOK_URL: outboundUrl
    .optional()
    .meta({ secret: true })
    .describe("Slack incoming webhook that alerts go to. Without it they are log lines and a metric."),
  AUDIT_PUBLIC_URL: outboundUrl
    .optional()
    .describe("Where people reach the dashboard, for the links in alerts: https://audit.example.com/."),
};
