import type { PoolClient } from "pg";
import { z } from "zod";
import { columnArrays, columnList, unnestedRows } from "../database/columns.ts";
import { type Alert, alertSchema } from "./alert.ts";

const SELECT_ALERTS = `SELECT ${columnList(alertSchema)} FROM alerts ORDER BY opened_at, rule, tenant_id`;

const INSERT_ALERTS = `INSERT INTO alerts (${columnList(alertSchema)}) SELECT * FROM ${unnestedRows(alertSchema)}`;

/** What is remembered, oldest first. Rejects with the driver's error. */
export async function readAlerts(client: PoolClient): Promise<readonly Alert[]> {
  const { rows } = await client.query(SELECT_ALERTS);
  return z.array(alertSchema).parse(rows);
}

/** Remembers these and no others. They are few, so all are written anew. */
export async function rememberAlerts(client: PoolClient, alerts: readonly Alert[]): Promise<void> {
  await client.query("DELETE FROM alerts");
  if (alerts.length > 0) await client.query(INSERT_ALERTS, columnArrays(alertSchema, alerts));
}
