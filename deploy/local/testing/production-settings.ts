import { createCertificateAuthority } from "../doubles/certificate.ts";

const authority = createCertificateAuthority();
const { certificate, key } = authority.issueClient();
const server = authority.issue();

/** What production asks of every configuration, for tests of the rest: well-formed, and nobody is there. */
export const PRODUCTION_DOCUMENTS = {
  NATS_URL: "tls://broker:4222",
  NATS_CA_CERTIFICATE: authority.certificate,
  NATS_DOCUMENTS_CERTIFICATE: certificate,
  NATS_DOCUMENTS_KEY: key,
};

export const PRODUCTION_EVENTS = {
  NATS_URL: "tls://broker:4222",
  NATS_CA_CERTIFICATE: authority.certificate,
  NATS_EVENTS_CERTIFICATE: certificate,
  NATS_EVENTS_KEY: key,
};

export const PRODUCTION_HTTP = { HTTP_CERTIFICATE: server.certificate, HTTP_KEY: server.key };
