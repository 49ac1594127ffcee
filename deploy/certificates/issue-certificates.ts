import { createPrivateKey, X509Certificate } from "node:crypto";
import { chmod, chown, mkdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { CertificateAuthority, commonNameOf, type KeyedCertificate, type Validity } from "./authority.ts";
import type { Holder } from "./holders.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
export const AUTHORITY_DAYS = 3_650;
export const LEAF_DAYS = 397;
/** A certificate with less time left is issued anew by the next run. */
export const RENEW_BEFORE_DAYS = 60;
/** Clocks of several machines need not agree better than this. */
const CLOCK_SKEW_MS = HOUR_MS;

const CLOSED_FILE = 0o600;
const CLOSED_FOLDER = 0o700;
const AUTHORITY_FOLDER = "authority";
/** In the folder of the authority and of each holder: every authority that is trusted, the newest first. */
const TRUSTED = "ca.crt";
const AUTHORITY_KEY = "ca.key";
/** The names that Kubernetes' secrets of type tls have. */
const CERTIFICATE = "tls.crt";
const KEY = "tls.key";

export type Renewal =
  /** Makes what is missing, near its end, or not what it should be. */
  | "due"
  /** Issues every holder's certificate anew, with a fresh key, under the newest authority. */
  | "holders"
  /** Makes a new authority beside the old ones; what these have issued goes on being trusted. */
  | "authority"
  /** Trusts the newest authority only. */
  | "retire";

export interface IssueOptions {
  readonly folder: string;
  readonly holders: readonly Holder[];
  readonly renewal: Renewal;
  readonly now: Date;
}

/** An authority must not be retired, or cannot be used. */
export class AuthorityError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "AuthorityError";
  }
}

/**
 * Brings the folder up to date: the authority, each holder's certificate and key, and beside them whom to trust. Every file
 * has mode 0600 and, when root runs this, the owner of its folder. Answers the names of what was issued; running it again issues nothing. Throws `AuthorityError`.
 */
export async function issueCertificates({ folder, holders, renewal, now }: IssueOptions): Promise<readonly string[]> {
  const before = await readAuthorities(folder);
  const makesAuthority = before === undefined || renewal === "authority";
  const authorities = makesAuthority ? withNewAuthority(before, now) : before;
  const kept = renewal === "retire" ? [authorities.trusted[0]] : authorities.trusted;
  const leaves = await Promise.all(
    holders.map(async (holder) => ({ holder, leaf: await readLeaf(join(folder, holder.folder)) })),
  );
  const issued = leaves.filter(
    ({ holder, leaf }) => renewal === "holders" || !isGood(leaf, holder, authorities.trusted, now),
  );
  if (renewal === "retire") refuseToOrphan(leaves, authorities.trusted[0]);
  if (issued.length > 0) refuseToOutlive(authorities.trusted[0], now);

  const trusted = kept.join("");
  await writeClosed(join(folder, AUTHORITY_FOLDER, AUTHORITY_KEY), authorities.newest.privateKey);
  await writeClosed(join(folder, AUTHORITY_FOLDER, TRUSTED), trusted);
  for (const holder of holders) await writeClosed(join(folder, holder.folder, TRUSTED), trusted);
  for (const { holder, leaf } of issued) {
    // A host that was added once stays: the next run need not be told again.
    const hosts = [...new Set([...holder.hosts, ...(leaf === undefined ? [] : hostsOf(leaf))])];
    const { certificate, key } = authorities.newest.issue({ ...holder, hosts, ...validityFrom(now, LEAF_DAYS) });
    await writeClosed(join(folder, holder.folder, KEY), key);
    await writeClosed(join(folder, holder.folder, CERTIFICATE), certificate);
  }
  return [...(makesAuthority ? [AUTHORITY_FOLDER] : []), ...issued.map(({ holder }) => holder.folder)];
}

/** What one holder needs: whom it trusts, and what it shows. All PEM. */
export interface HolderFiles extends KeyedCertificate {
  readonly trusted: string;
}

/** Reads a holder's folder. Rejects when a file is missing. */
export async function readHolder(folder: string): Promise<HolderFiles> {
  const [trusted, certificate, key] = await Promise.all(
    [TRUSTED, CERTIFICATE, KEY].map((name) => readFile(join(folder, name), "utf8")),
  );
  if (trusted === undefined || certificate === undefined || key === undefined) throw new Error("a file is missing");
  return { trusted, certificate, key };
}

interface Authorities {
  readonly newest: CertificateAuthority;
  /** Their certificates, PEM, the newest first. */
  readonly trusted: readonly [string, ...string[]];
}

/** Undefined when there is none yet. */
async function readAuthorities(folder: string): Promise<Authorities | undefined> {
  const [key, bundle] = await Promise.all(
    [AUTHORITY_KEY, TRUSTED].map((name) => readIfThere(join(folder, AUTHORITY_FOLDER, name))),
  );
  if (key === undefined && bundle === undefined) return undefined;
  const [certificate, ...others] = bundle?.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n/g) ?? [];
  if (key === undefined || certificate === undefined) {
    throw new AuthorityError(`${join(folder, AUTHORITY_FOLDER)} must have both ${TRUSTED} and ${AUTHORITY_KEY}`);
  }
  return { newest: CertificateAuthority.open({ certificate, key }), trusted: [certificate, ...others] };
}

function withNewAuthority(before: Authorities | undefined, now: Date): Authorities {
  const day = now.toISOString().slice(0, "YYYY-MM-DD".length);
  const newest = CertificateAuthority.create(`Flowstate authority ${day}`, validityFrom(now, AUTHORITY_DAYS));
  return { newest, trusted: [newest.certificate, ...(before?.trusted ?? [])] };
}

function validityFrom(now: Date, days: number): Validity {
  return { notBefore: new Date(now.getTime() - CLOCK_SKEW_MS), notAfter: new Date(now.getTime() + days * DAY_MS) };
}

/** A holder, and what it has so far. */
interface Leaf {
  readonly holder: Holder;
  readonly leaf: KeyedCertificate | undefined;
}

/** Undefined when one of its files is missing. */
async function readLeaf(folder: string): Promise<KeyedCertificate | undefined> {
  const [certificate, key] = await Promise.all([CERTIFICATE, KEY].map((name) => readIfThere(join(folder, name))));
  return certificate === undefined || key === undefined ? undefined : { certificate, key };
}

/** Whether a certificate is its holder's, of a trusted authority, and far from its end. */
function isGood(
  leaf: KeyedCertificate | undefined,
  { name, hosts }: Holder,
  trusted: readonly string[],
  now: Date,
): boolean {
  if (leaf === undefined) return false;
  const certificate = new X509Certificate(leaf.certificate);
  const present = hostsOf(leaf);
  return (
    commonNameOf(certificate) === name &&
    hosts.every((host) => present.includes(host)) &&
    certificate.checkPrivateKey(createPrivateKey(leaf.key)) &&
    trusted.some((authority) => isIssuedBy(certificate, authority)) &&
    daysLeft(certificate, now) > RENEW_BEFORE_DAYS
  );
}

/** Names and addresses that a certificate is good for. */
function hostsOf({ certificate }: KeyedCertificate): readonly string[] {
  const { subjectAltName = "" } = new X509Certificate(certificate);
  return subjectAltName.split(", ").flatMap((entry) => entry.split(":")[1] ?? []);
}

function refuseToOrphan(leaves: readonly Leaf[], newest: string): void {
  const orphans = leaves.filter(
    ({ leaf }) => leaf === undefined || !isIssuedBy(new X509Certificate(leaf.certificate), newest),
  );
  if (orphans.length === 0) return;
  const folders = orphans.map(({ holder }) => holder.folder).join(", ");
  throw new AuthorityError(`issued by an older authority: ${folders}; run with --renew first, and bring them out`);
}

/** What an authority has issued is worth nothing after its own end. */
function refuseToOutlive(authority: string, now: Date): void {
  if (daysLeft(new X509Certificate(authority), now) >= LEAF_DAYS) return;
  throw new AuthorityError("the authority ends before what it would issue: run with --new-authority");
}

function daysLeft({ validToDate }: X509Certificate, now: Date): number {
  return (validToDate.getTime() - now.getTime()) / DAY_MS;
}

function isIssuedBy(certificate: X509Certificate, authority: string): boolean {
  return certificate.verify(new X509Certificate(authority).publicKey);
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

/**
 * Replaces the file in one step, unless it is so already: a server that reads it meanwhile sees the old or the new one. Root
 * gives it to whoever owns its folder, because the holder that reads it may be another user.
 */
async function writeClosed(path: string, content: string): Promise<void> {
  if ((await readIfThere(path)) === content) return chmod(path, CLOSED_FILE);
  await mkdir(dirname(path), { recursive: true, mode: CLOSED_FOLDER });
  const next = `${path}.${process.pid}`;
  await writeFile(next, content, { mode: CLOSED_FILE });
  if (process.getuid?.() === 0) {
    const { uid, gid } = await stat(dirname(path));
    await chown(next, uid, gid);
  }
  await rename(next, path);
}
