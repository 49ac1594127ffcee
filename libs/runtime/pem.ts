import { createPrivateKey, X509Certificate } from "node:crypto";
import { z } from "zod";

/** A bundle: authorities change over, and a certificate brings its chain. */
const MAX_PEM_LENGTH = 64 * 1024;

const NO_CERTIFICATE = "must be a certificate in PEM";
const NO_KEY = "must be a private key in PEM, without a passphrase";
export const NOT_ITS_KEY = "is not the certificate's key";

/** One certificate or several, PEM. */
export const pemCertificate = z
  .string(NO_CERTIFICATE)
  .max(MAX_PEM_LENGTH, `must have at most ${MAX_PEM_LENGTH} characters`)
  .refine(holdsCertificates, NO_CERTIFICATE);

/** A private key, PEM. */
export const pemPrivateKey = z
  .string(NO_KEY)
  .max(MAX_PEM_LENGTH, `must have at most ${MAX_PEM_LENGTH} characters`)
  .refine(isPrivateKey, NO_KEY);

/** Whether the key belongs to the (first) certificate. Both are PEM that the schemas have accepted. */
export function keyFitsCertificate({
  certificate,
  key,
}: {
  readonly certificate: string;
  readonly key: string;
}): boolean {
  try {
    return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}

const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;

function holdsCertificates(pem: string): boolean {
  const certificates = pem.match(PEM_CERTIFICATE) ?? [];
  const begun = pem.split("-----BEGIN ").length - 1;
  return certificates.length > 0 && certificates.length === begun && certificates.every(isCertificate);
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).subject !== undefined;
  } catch {
    return false;
  }
}

function isPrivateKey(pem: string): boolean {
  try {
    return createPrivateKey(pem).type === "private";
  } catch {
    return false;
  }
}
