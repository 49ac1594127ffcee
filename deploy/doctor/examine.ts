import { BrokerAccess } from "./broker-access.ts";
import type { Check } from "./check.ts";
import { agreementCheck } from "./checks/agreement.ts";
import { brokerCheck } from "./checks/broker.ts";
import { certificatesCheck } from "./checks/certificates.ts";
import { clockCheck } from "./checks/clock.ts";
import { databaseCheck } from "./checks/database.ts";
import { documentsCheck } from "./checks/documents.ts";
import { erpCheck } from "./checks/erp.ts";
import { hardeningCheck } from "./checks/hardening.ts";
import { mailCheck } from "./checks/mail.ts";
import { memoryCheck } from "./checks/memory.ts";
import { modelCheck } from "./checks/model.ts";
import { permissionsCheck } from "./checks/permissions.ts";
import { secretsCheck } from "./checks/secrets.ts";
import { settingsCheck } from "./checks/settings.ts";
import { streamsCheck } from "./checks/streams.ts";
import { telemetryCheck } from "./checks/telemetry.ts";
import { type Environments, readDeployment } from "./deployment.ts";
import { found, type Result } from "./result.ts";
import type { Surroundings } from "./surroundings.ts";

/** From what lies here to what has to be asked of others. */
const CHECKS: readonly Check[] = [
  settingsCheck,
  agreementCheck,
  secretsCheck,
  certificatesCheck,
  hardeningCheck,
  memoryCheck,
  mailCheck,
  brokerCheck,
  permissionsCheck,
  documentsCheck,
  streamsCheck,
  databaseCheck,
  modelCheck,
  erpCheck,
  telemetryCheck,
  clockCheck,
];

export interface CheckedResult {
  readonly check: string;
  readonly result: Result;
}

/** A check that fails by itself does not keep the others from being told. Of the error only its class: messages quote. */
async function runToEnd(name: string, run: () => Promise<readonly Result[]>): Promise<readonly Result[]> {
  try {
    return await run();
  } catch (error) {
    const kind = error instanceof Error ? error.constructor.name : typeof error;
    return [found("doctor.broke_off", `the check of ${name} broke off (${kind})`)];
  }
}

/** Looks at everything that the environments allow to be looked at, and changes nothing. */
export async function examine(
  environments: Environments,
  surroundings: Surroundings,
): Promise<readonly CheckedResult[]> {
  const deployment = readDeployment(environments);
  await using broker = new BrokerAccess(deployment.settings, surroundings);
  const perCheck = await Promise.all(
    CHECKS.map(async ({ name, run }) => {
      const results = await runToEnd(name, async () => await run({ deployment, surroundings, broker }));
      return results.map((result) => ({ check: name, result }));
    }),
  );
  return perCheck.flat();
}
