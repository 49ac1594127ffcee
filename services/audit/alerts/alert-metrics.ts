import { ALERT_RULE_NAMES, type AlertRule } from "@flowstate/contracts";
import { type Measurement, observe } from "@flowstate/runtime";
import { NO_TENANT } from "../chain/segment.ts";
import type { Alert } from "./alert.ts";

type AlertMeasurement = Measurement<"flowstate.alert.active" | "flowstate.alert.affected">;

/** Each alert rule as a metric, on every instance the same: whether it has found something, and how much. */
export class AlertMetrics implements Disposable {
  #alerts: readonly Alert[] = [];
  readonly #gauges = [
    observe("flowstate.alert.active", () => this.#measure(({ quiet_since }) => (quiet_since === null ? 1 : 0))),
    observe("flowstate.alert.affected", () => this.#measure(({ affected }) => affected)),
  ];

  /** What was found by the last look. */
  found(alerts: readonly Alert[]): void {
    this.#alerts = alerts;
  }

  [Symbol.dispose](): void {
    for (const gauge of this.#gauges) gauge[Symbol.dispose]();
  }

  /** A rule that has found nothing is there all the same, so that whoever watches it can tell 0 from silence. */
  #measure(read: (alert: Alert) => number): readonly AlertMeasurement[] {
    const measured = this.#alerts.map((alert) => ({
      value: read(alert),
      labels: labelsOf(alert.rule, alert.tenant_id),
    }));
    const silent = ALERT_RULE_NAMES.filter((name) => !this.#alerts.some(({ rule }) => rule === name));
    return [...measured, ...silent.map((rule) => ({ value: 0, labels: labelsOf(rule, NO_TENANT) }))];
  }
}

function labelsOf(rule: AlertRule, tenant: string): AlertMeasurement["labels"] {
  return { "flowstate.alert.rule": rule, ...(tenant !== NO_TENANT && { "flowstate.tenant_id": tenant }) };
}
