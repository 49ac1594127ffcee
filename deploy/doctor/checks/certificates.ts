import { X509Certificate } from "node:crypto";
import { rootCertificates } from "node:tls";
import type { Identity } from "@flowstate/messaging";
import { readValues } from "@flowstate/runtime";
import { subjectOf } from "../broker-access.ts";
import type { Check } from "../check.ts";
import { PART_CONFIGS, type PartName } from "../deployment.ts";
import { found, foundOrGood, type Result } from "../result.ts";

const DAY_MS = 24 * 3_600_000;
/** `npm run certs` issues anew what has less than 60 days left: what has less than 30 was forgotten twice. */
const SOON_DAYS = 30;

/** Who must stand in a certificate by which the broker knows an identity: its whole subject is `CN=<identity>`. */
const IDENTITY_OF: Readonly<Record<string, Identity>> = {
  "ingest NATS_DOCUMENTS_CERTIFICATE": "ingest-documents",
  "ingest NATS_EVENTS_CERTIFICATE": "ingest-events",
  "extractor NATS_DOCUMENTS_CERTIFICATE": "extractor",
  "erp-pusher NATS_DOCUMENTS_CERTIFICATE": "erp-pusher",
  "audit NATS_EVENTS_CERTIFICATE": "audit",
  "broker NATS_ADMIN_CERTIFICATE": "admin",
};
/** Extended key usage, RFC 5280 §4.2.1.12. */
const CLIENT_USAGE = "1.3.6.1.5.5.7.3.2";
const SERVER_USAGE = "1.3.6.1.5.5.7.3.1";

/** Certificates as they lie in the settings: whose they are, what for, and for how long yet. What servers show is the broker's and the database's check. */
export const certificatesCheck: Check = {
  name: "certificates",
  run({ deployment: { environments, settings }, surroundings }) {
    const now = surroundings.now();
    return [...environments].flatMap(([part, environment]) => {
      if (settings[part] === undefined) return [];
      const variables = PART_CONFIGS[part].variables.filter((name) => name.endsWith("_CERTIFICATE"));
      const { values } = readValues(variables, environment);
      const results = Object.entries(values).flatMap(([name, pem]) => {
        const chain = certificatesIn(pem);
        const [leaf] = chain;
        if (leaf === undefined) return [];
        const late = chain.flatMap((certificate) => validityOf(`${part}: ${name}`, certificate, now));
        return late.length > 0 ? late : purposeOf(part, name, leaf, chain);
      });
      const count = Object.keys(values).length;
      return count === 0 ? [] : foundOrGood(results, `${part}: ${count} certificates are its own and valid`);
    });
  },
};

const PEM = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

function certificatesIn(pem: string): readonly X509Certificate[] {
  return (pem.match(PEM) ?? []).map((certificate) => new X509Certificate(certificate));
}

function validityOf(where: string, { validFromDate, validToDate }: X509Certificate, now: Date): readonly Result[] {
  const daysLeft = Math.floor((validToDate.getTime() - now.getTime()) / DAY_MS);
  if (validFromDate > now) return [found("certificates.not_begun", `${where} is not valid yet`)];
  if (validToDate < now) return [found("certificates.ended", `${where} ended ${-daysLeft} days ago`)];
  return daysLeft < SOON_DAYS ? [found("certificates.ends_soon", `${where} ends in ${daysLeft} days`)] : [];
}

function purposeOf(
  part: PartName,
  name: string,
  leaf: X509Certificate,
  chain: readonly X509Certificate[],
): readonly Result[] {
  const where = `${part}: ${name}`;
  const identity = IDENTITY_OF[`${part} ${name}`];
  if (identity !== undefined) {
    if (leaf.subject !== subjectOf(identity))
      return [found("certificates.of_somebody_else", `${where} is not that of ${identity}`)];
    if (!isFor(leaf, CLIENT_USAGE)) return [found("certificates.for_another_end", `${where} opens no connection`)];
  }
  if (name !== "HTTP_CERTIFICATE") return [];
  if (!isFor(leaf, SERVER_USAGE) || leaf.subjectAltName === undefined) {
    return [found("certificates.for_another_end", `${where} is not one that a server can show`)];
  }
  return part === "ingest" && !isPublic(chain)
    ? [
        found(
          "certificates.not_public",
          `${where} is of an authority that not everybody trusts, or lacks those between`,
        ),
      ]
    : [];
}

/** One without the extension may be used at both ends. */
function isFor({ keyUsage }: X509Certificate, usage: string): boolean {
  const usages: readonly string[] | undefined = keyUsage;
  return usages === undefined || usages.includes(usage);
}

/** Whether the chain leads, link by link, to an authority that Node trusts by itself. */
function isPublic(chain: readonly X509Certificate[]): boolean {
  for (const [index, certificate] of chain.entries()) {
    const next = chain[index + 1];
    if (next === undefined) return rootCertificates.some((root) => isIssuedBy(certificate, new X509Certificate(root)));
    if (!isIssuedBy(certificate, next)) return false;
  }
  return false;
}

function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}
