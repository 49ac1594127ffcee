import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
  X509Certificate,
} from "node:crypto";
import { isIPv4 } from "node:net";
import {
  BOOLEAN_TRUE,
  bitString,
  integer,
  objectIdentifier,
  octetString,
  sequence,
  set,
  smallInteger,
  tagged,
  time,
  utf8String,
} from "./der.ts";

/**
 * A private certificate authority: X.509 version 3 (RFC 5280), ECDSA with SHA-256. What it makes is read by OpenSSL (Node,
 * PostgreSQL) and by Go (nats-server).
 */

/** Of the authority and of every holder. Supported by every TLS library, and as strong as TLS 1.3's own default. */
export const KEY_CURVE = "P-256";

const SERIAL_BYTES = 16;

/** A certificate and the private key that goes with it, both PEM. */
export interface KeyedCertificate {
  readonly certificate: string;
  readonly key: string;
}

export interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

export interface CertificateRequest extends Validity {
  /** Who the holder is: the subject's common name, and its whole subject. */
  readonly name: string;
  /** Where it is reached: DNS names and IPv4 addresses. */
  readonly hosts?: readonly string[];
  /** At which end of a connection it may show the certificate. */
  readonly ends: readonly ("server" | "client")[];
  /** A fresh one of `KEY_CURVE` when absent. */
  readonly privateKey?: KeyObject;
}

export class CertificateAuthority {
  /** Its own certificate: what others must trust. */
  readonly certificate: string;
  readonly #name: string;
  readonly #privateKey: KeyObject;

  private constructor(certificate: string, name: string, privateKey: KeyObject) {
    this.certificate = certificate;
    this.#name = name;
    this.#privateKey = privateKey;
  }

  /** A new authority with a fresh key. Two of them share nothing, not even when they have one name. */
  static create(name: string, validity: Validity): CertificateAuthority {
    const privateKey = newPrivateKey();
    const publicKey = createPublicKey(privateKey);
    const certificate = signedCertificate({
      issuer: name,
      subject: name,
      validity,
      publicKey,
      signingKey: privateKey,
      extensions: [
        // It issues to holders only, never to another authority: the path below it has length 0.
        extension(OID.basicConstraints, true, sequence(BOOLEAN_TRUE, smallInteger(0))),
        extension(OID.keyUsage, true, KEY_USAGE.certificateSigning),
        extension(OID.subjectKeyIdentifier, false, octetString(keyIdentifier(publicKey))),
      ],
    });
    return new CertificateAuthority(certificate, name, privateKey);
  }

  /** One that `create` made. Throws when key and certificate are not of one authority. */
  static open({ certificate, key }: KeyedCertificate): CertificateAuthority {
    const parsed = new X509Certificate(certificate);
    const privateKey = createPrivateKey(key);
    if (!parsed.ca || !parsed.checkPrivateKey(privateKey)) throw new Error("the key is not that of the authority");
    return new CertificateAuthority(certificate, commonNameOf(parsed), privateKey);
  }

  get privateKey(): string {
    return pemKey(this.#privateKey);
  }

  issue({ name, hosts = [], ends, privateKey = newPrivateKey(), ...validity }: CertificateRequest): KeyedCertificate {
    const authorityKey = createPublicKey(this.#privateKey);
    const certificate = signedCertificate({
      issuer: this.#name,
      subject: name,
      validity,
      publicKey: createPublicKey(privateKey),
      signingKey: this.#privateKey,
      extensions: [
        extension(OID.basicConstraints, true, sequence()),
        extension(OID.keyUsage, true, KEY_USAGE.digitalSignature),
        extension(OID.extendedKeyUsage, false, sequence(...ends.map((end) => OID[end]))),
        ...(hosts.length === 0
          ? []
          : [extension(OID.subjectAlternativeName, false, sequence(...hosts.map(generalName)))]),
        extension(OID.authorityKeyIdentifier, false, sequence(tagged(0x80, keyIdentifier(authorityKey)))),
      ],
    });
    return { certificate, key: pemKey(privateKey) };
  }
}

/** The only part of a subject that this authority writes. */
export function commonNameOf({ subject }: X509Certificate): string {
  const name = /^CN=(.+)$/.exec(subject)?.[1];
  if (name === undefined) throw new Error("the certificate's subject is not one that this authority writes");
  return name;
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
  server: objectIdentifier("2b06010505070301"),
  client: objectIdentifier("2b06010505070302"),
} as const;

/** digitalSignature is bit 0, keyCertSign bit 5. */
const KEY_USAGE = {
  digitalSignature: bitString(Buffer.from([0b1000_0000]), 7),
  certificateSigning: bitString(Buffer.from([0b0000_0100]), 2),
} as const;

interface CertificateParts {
  readonly issuer: string;
  readonly subject: string;
  readonly validity: Validity;
  readonly publicKey: KeyObject;
  readonly extensions: readonly Buffer[];
  readonly signingKey: KeyObject;
}

function signedCertificate({ issuer, subject, validity, publicKey, extensions, signingKey }: CertificateParts): string {
  const algorithm = sequence(OID.ecdsaWithSha256);
  const toBeSigned = sequence(
    tagged(0xa0, smallInteger(2)),
    integer(serialNumber()),
    algorithm,
    distinguishedName(issuer),
    sequence(time(validity.notBefore), time(validity.notAfter)),
    distinguishedName(subject),
    publicKey.export({ type: "spki", format: "der" }),
    tagged(0xa3, sequence(...extensions)),
  );
  return pem(sequence(toBeSigned, algorithm, bitString(sign("sha256", toBeSigned, signingKey))));
}

function newPrivateKey(): KeyObject {
  return generateKeyPairSync("ec", { namedCurve: KEY_CURVE }).privateKey;
}

function serialNumber(): Buffer {
  const bytes = randomBytes(SERIAL_BYTES);
  bytes[0] = 0x40 | ((bytes[0] ?? 0) & 0x3f);
  return bytes;
}

function distinguishedName(commonName: string): Buffer {
  return sequence(set(sequence(OID.commonName, utf8String(commonName))));
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
  return sequence(oid, ...(critical ? [BOOLEAN_TRUE] : []), octetString(value));
}

function pem(der: Buffer): string {
  const lines = der.toString("base64").replace(/.{64}(?=.)/g, "$&\n");
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}

function pemKey(key: KeyObject): string {
  return key.export({ type: "pkcs8", format: "pem" }).toString();
}
