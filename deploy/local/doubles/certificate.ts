import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import { isIPv4 } from "node:net";

/**
 * A private certificate authority in memory, so that tests speak real TLS without files and without the openssl program.
 * X.509 version 3 (RFC 5280), ECDSA over P-256 with SHA-256, encoded in DER by the few functions at the end.
 */

const DAY_MS = 24 * 60 * 60 * 1000;
const SERIAL_BYTES = 16;
const WEAK_KEY_BITS = 1024;
const DEFAULT_HOSTS = ["127.0.0.1", "localhost"] as const;

export interface CertificateAuthority {
  /** The authority's own certificate, PEM: what a client must trust. */
  readonly certificate: string;
  /** Issues a server certificate for the hosts (names or IPv4 addresses) and the private key that goes with it. */
  issue(request?: CertificateRequest): ServerCertificate;
  /** Issues a certificate that says who a client is, and no host's, with its private key. */
  issueClient(request?: ValidityRequest): ServerCertificate;
}

interface CertificateRequest extends ValidityRequest {
  /** Default: 127.0.0.1 and localhost. */
  readonly hosts?: readonly string[];
  /** With a key that nobody accepts any more, as old servers have: RSA, 1024 bits. */
  readonly weakKey?: boolean;
}

interface ValidityRequest {
  /** Default: yesterday, so that clocks need not agree. */
  readonly notBefore?: Date;
  /** Default: tomorrow. */
  readonly notAfter?: Date;
}

/** What one end of TLS needs to say who it is, both PEM. */
export interface ServerCertificate {
  readonly certificate: string;
  readonly key: string;
}

/** Makes an authority with a fresh key; two of them share nothing but their name. */
export function createCertificateAuthority(): CertificateAuthority {
  const authority = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const name = distinguishedName("Flowstate test authority");
  const dates = validity(new Date(Date.now() - DAY_MS), new Date(Date.now() + DAY_MS));
  const keyId = keyIdentifier(authority.publicKey);
  const sealed = (subject: Buffer, window: Buffer, key: KeyObject, extensions: readonly Buffer[]) =>
    signedCertificate({ issuer: name, subject, window, key, extensions, signingKey: authority.privateKey });
  const issued = (
    commonName: string,
    { notBefore, notAfter, weakKey = false }: Omit<CertificateRequest, "hosts">,
    usage: readonly Buffer[],
  ) => {
    const holder = weakKey
      ? generateKeyPairSync("rsa", { modulusLength: WEAK_KEY_BITS })
      : generateKeyPairSync("ec", { namedCurve: "P-256" });
    const window = validity(notBefore ?? new Date(Date.now() - DAY_MS), notAfter ?? new Date(Date.now() + DAY_MS));
    const certificate = sealed(distinguishedName(commonName), window, holder.publicKey, [
      extension(OID.basicConstraints, true, sequence()),
      extension(OID.keyUsage, true, KEY_USAGE.digitalSignature),
      ...usage,
      extension(OID.authorityKeyIdentifier, false, sequence(tagged(0x80, keyId))),
    ]);
    return { certificate, key: holder.privateKey.export({ type: "pkcs8", format: "pem" }).toString() };
  };
  return {
    certificate: sealed(name, dates, authority.publicKey, [
      extension(OID.basicConstraints, true, sequence(BOOLEAN_TRUE)),
      extension(OID.keyUsage, true, KEY_USAGE.certificateSigning),
      extension(OID.subjectKeyIdentifier, false, tagged(0x04, keyId)),
    ]),
    issue: ({ hosts = DEFAULT_HOSTS, ...request } = {}) =>
      issued("Flowstate test server", request, [
        extension(OID.extendedKeyUsage, false, sequence(OID.serverAuthentication)),
        extension(OID.subjectAlternativeName, false, sequence(...hosts.map(generalName))),
      ]),
    issueClient: (window = {}) =>
      issued("Flowstate test client", window, [
        extension(OID.extendedKeyUsage, false, sequence(OID.clientAuthentication)),
      ]),
  };
}

/** Object identifiers, content already encoded. */
const OID = {
  ecdsaWithSha256: objectIdentifier("2a8648ce3d040302"),
  commonName: objectIdentifier("550403"),
  subjectKeyIdentifier: objectIdentifier("551d0e"),
  keyUsage: objectIdentifier("551d0f"),
  subjectAlternativeName: objectIdentifier("551d11"),
  basicConstraints: objectIdentifier("551d13"),
  authorityKeyIdentifier: objectIdentifier("551d23"),
  extendedKeyUsage: objectIdentifier("551d25"),
  serverAuthentication: objectIdentifier("2b06010505070301"),
  clientAuthentication: objectIdentifier("2b06010505070302"),
} as const;

/** Bit strings: the count of unused bits, then the bits. digitalSignature is bit 0, keyCertSign bit 5. */
const KEY_USAGE = {
  digitalSignature: tagged(0x03, Buffer.from([7, 0b1000_0000])),
  certificateSigning: tagged(0x03, Buffer.from([2, 0b0000_0100])),
} as const;

const BOOLEAN_TRUE = tagged(0x01, Buffer.from([0xff]));

interface CertificateParts {
  readonly issuer: Buffer;
  readonly subject: Buffer;
  readonly window: Buffer;
  readonly key: KeyObject;
  readonly extensions: readonly Buffer[];
  readonly signingKey: KeyObject;
}

function signedCertificate({ issuer, subject, window, key, extensions, signingKey }: CertificateParts): string {
  const algorithm = sequence(OID.ecdsaWithSha256);
  const toBeSigned = sequence(
    tagged(0xa0, tagged(0x02, Buffer.from([2]))),
    serialNumber(),
    algorithm,
    issuer,
    window,
    subject,
    key.export({ type: "spki", format: "der" }),
    tagged(0xa3, sequence(...extensions)),
  );
  const signature = sign("sha256", toBeSigned, signingKey);
  return pem(sequence(toBeSigned, algorithm, tagged(0x03, Buffer.concat([Buffer.from([0]), signature]))));
}

/** Positive and without a leading zero byte, as DER asks. */
function serialNumber(): Buffer {
  const bytes = randomBytes(SERIAL_BYTES);
  bytes[0] = 0x40 | ((bytes[0] ?? 0) & 0x3f);
  return tagged(0x02, bytes);
}

function distinguishedName(commonName: string): Buffer {
  return sequence(tagged(0x31, sequence(OID.commonName, tagged(0x0c, Buffer.from(commonName, "utf8")))));
}

function validity(notBefore: Date, notAfter: Date): Buffer {
  return sequence(utcTime(notBefore), utcTime(notAfter));
}

/** `YYMMDDhhmmssZ`, the form RFC 5280 asks for before the year 2050. */
function utcTime(date: Date): Buffer {
  return tagged(0x17, Buffer.from(`${date.toISOString().replace(/\D/g, "").slice(2, 14)}Z`, "ascii"));
}

function generalName(host: string): Buffer {
  return isIPv4(host)
    ? tagged(0x87, Buffer.from(host.split(".").map(Number)))
    : tagged(0x82, Buffer.from(host, "ascii"));
}

function keyIdentifier(key: KeyObject): Buffer {
  return createHash("sha1")
    .update(key.export({ type: "spki", format: "der" }))
    .digest();
}

function extension(oid: Buffer, critical: boolean, value: Buffer): Buffer {
  return sequence(oid, ...(critical ? [BOOLEAN_TRUE] : []), tagged(0x04, value));
}

function objectIdentifier(hex: string): Buffer {
  return tagged(0x06, Buffer.from(hex, "hex"));
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tagged(0x30, Buffer.concat(parts));
}

/** Tag, length, content. Lengths from 128 on are written as a count of bytes and the bytes. */
function tagged(tag: number, content: Buffer): Buffer {
  const { byteLength } = content;
  if (byteLength < 0x80) return Buffer.concat([Buffer.from([tag, byteLength]), content]);
  const length = Buffer.from([byteLength >>> 8, byteLength & 0xff]).subarray(byteLength < 0x100 ? 1 : 0);
  return Buffer.concat([Buffer.from([tag, 0x80 | length.byteLength]), length, content]);
}

function pem(der: Buffer): string {
  const lines = der.toString("base64").replace(/.{64}(?=.)/g, "$&\n");
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}
