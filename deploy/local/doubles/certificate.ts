import { generateKeyPairSync } from "node:crypto";
import { CertificateAuthority, type KeyedCertificate } from "../../certificates/authority.ts";

/** Private certificate authorities in memory, so that tests speak real TLS without files: also with certificates that are no good. */

const DAY_MS = 24 * 60 * 60 * 1000;
const WEAK_KEY_BITS = 1024;
const DEFAULT_HOSTS = ["127.0.0.1", "localhost"] as const;

interface TestAuthority {
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
export type ServerCertificate = KeyedCertificate;

/** Makes an authority with a fresh key; two of them share nothing but their name. */
export function createCertificateAuthority(): TestAuthority {
  const authority = CertificateAuthority.create("Flowstate test authority", validityOf({}));
  return {
    certificate: authority.certificate,
    issue: ({ hosts = DEFAULT_HOSTS, weakKey = false, ...validity } = {}) =>
      authority.issue({
        name: "Flowstate test server",
        hosts,
        ends: ["server"],
        ...validityOf(validity),
        ...(weakKey && { privateKey: generateKeyPairSync("rsa", { modulusLength: WEAK_KEY_BITS }).privateKey }),
      }),
    issueClient: (validity = {}) =>
      authority.issue({ name: "Flowstate test client", ends: ["client"], ...validityOf(validity) }),
  };
}

function validityOf({ notBefore, notAfter }: ValidityRequest) {
  return {
    notBefore: notBefore ?? new Date(Date.now() - DAY_MS),
    notAfter: notAfter ?? new Date(Date.now() + DAY_MS),
  };
}
