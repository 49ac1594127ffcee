import { type ProvisionConfig, provisionConfig } from "@flowstate/messaging";
import { ConfigError, readConfig } from "@flowstate/runtime";
import type { z } from "zod";
import { type AuditConfig, auditConfig } from "../../services/audit/config.ts";
import { type ErpPusherConfig, erpPusherConfig } from "../../services/erp-pusher/config.ts";
import { type ExtractorConfig, extractorConfig } from "../../services/extractor/config.ts";
import { type IngestConfig, ingestConfig } from "../../services/ingest/config.ts";

/** What has an environment of its own: the services in the order of the data path, and `npm run broker`. */
export const PART_CONFIGS = {
  ingest: ingestConfig,
  extractor: extractorConfig,
  "erp-pusher": erpPusherConfig,
  audit: auditConfig,
  broker: provisionConfig,
} as const;
export type PartName = keyof typeof PART_CONFIGS;
export const PART_NAMES = ["ingest", "extractor", "erp-pusher", "audit", "broker"] as const satisfies PartName[];

export interface Settings {
  readonly ingest?: IngestConfig;
  readonly extractor?: ExtractorConfig;
  readonly "erp-pusher"?: ErpPusherConfig;
  readonly audit?: AuditConfig;
  readonly broker?: ProvisionConfig;
}

/** The environment of each part that is to be looked at. */
export type Environments = ReadonlyMap<PartName, NodeJS.ProcessEnv>;

export interface Deployment {
  readonly environments: Environments;
  /** Of each part whose environment is usable. */
  readonly settings: Settings;
  /** Of each part whose environment is not. */
  readonly problems: ReadonlyMap<PartName, readonly string[]>;
}

export function readDeployment(environments: Environments): Deployment {
  const problems = new Map<PartName, readonly string[]>();
  const read = <S extends z.ZodType>(part: PartName, config: { schema: S; variables: readonly string[] }) => {
    const environment = environments.get(part);
    if (environment === undefined) return {};
    try {
      return { [part]: readConfig(config.schema, config.variables, environment) };
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      problems.set(part, error.problems);
      return {};
    }
  };
  const settings: Settings = {
    ...read("ingest", ingestConfig),
    ...read("extractor", extractorConfig),
    ...read("erp-pusher", erpPusherConfig),
    ...read("audit", auditConfig),
    ...read("broker", provisionConfig),
  };
  return { environments, settings, problems };
}
