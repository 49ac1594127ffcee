// Real: the settings, the check across them, the reading of configuration. Doubled: the environment, an object.
import { createCertificateAuthority } from "@flowstate/local/doubles/certificate.ts";
import { configProblems } from "@flowstate/local/testing/config-problems.ts";
import { PRODUCTION_DOCUMENTS, PRODUCTION_EVENTS } from "@flowstate/local/testing/production-settings.ts";
import { ALSO_WITH_PROBLEMS, readConfig, serviceSettings } from "@flowstate/runtime";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { brokerLogin, documentsSettings, eventsSettings, refusePlainBroker } from "./settings.ts";

const shape = { FLOWSTATE_LOCAL: serviceSettings.FLOWSTATE_LOCAL, ...documentsSettings, ...eventsSettings };
const schema = z
  .object(shape)
  .superRefine((config, context) => refusePlainBroker(config, ["DOCUMENTS", "EVENTS"], context), ALSO_WITH_PROBLEMS);
const read = (environment: NodeJS.ProcessEnv) => readConfig(schema, Object.keys(shape), environment);

const problemsOf = (environment: NodeJS.ProcessEnv) => configProblems(() => read(environment));

const PRODUCTION = { ...PRODUCTION_DOCUMENTS, ...PRODUCTION_EVENTS };
const LOCAL = {
  FLOWSTATE_LOCAL: "true",
  NATS_URL: "nats://127.0.0.1:4222",
  NATS_DOCUMENTS_PASSWORD: "0123456789abcdef",
  NATS_EVENTS_PASSWORD: "fedcba9876543210",
};
const PLAIN = "NATS_URL: must be tls:// addresses (nats:// to this machine needs FLOWSTATE_LOCAL=true)";

describe("the broker in production", () => {
  it("is reached over TLS, with a certificate for each account", () => {
    const config = read(PRODUCTION);
    expect(brokerLogin(config, "EVENTS")).toEqual({
      url: "tls://broker:4222",
      tls: {
        trusted: PRODUCTION.NATS_CA_CERTIFICATE,
        certificate: PRODUCTION.NATS_EVENTS_CERTIFICATE,
        key: PRODUCTION.NATS_EVENTS_KEY,
      },
    });
  });

  it.each([
    "nats://broker:4222",
    "nats://127.0.0.1:4222",
    "tls://a:1,nats://b:2",
    "broker:4222",
    "ws://broker",
    "tls://a,",
  ])("is not reached at %s", (NATS_URL) => {
    expect(problemsOf({ ...PRODUCTION, NATS_URL })).toEqual([PLAIN]);
  });

  it.each(["tls://10.0.0.11:4222", "tls://broker:4222,tls://[fd00::1]:4222"])(
    "is not reached at %s, whose certificate would be held against no name",
    (NATS_URL) => {
      const problem = "NATS_URL: must name hosts: a certificate is held against a name, not against an address";
      expect(problemsOf({ ...PRODUCTION, NATS_URL })).toEqual([problem]);
    },
  );

  it("needs every certificate and key, and no password", () => {
    expect(problemsOf({ NATS_URL: PRODUCTION.NATS_URL, ...onlyPasswords(LOCAL) })).toEqual([
      "NATS_CA_CERTIFICATE: is required",
      "NATS_DOCUMENTS_CERTIFICATE: is required",
      "NATS_DOCUMENTS_KEY: is required",
      "NATS_EVENTS_CERTIFICATE: is required",
      "NATS_EVENTS_KEY: is required",
    ]);
  });

  it("is not shown a key that is another certificate's", () => {
    const { key } = createCertificateAuthority().issueClient();
    expect(problemsOf({ ...PRODUCTION, NATS_EVENTS_KEY: key })).toEqual([
      "NATS_EVENTS_KEY: is not the certificate's key",
    ]);
  });
});

describe("the broker of the local stack", () => {
  it("is reached in plain text, with a password for each account", () => {
    expect(brokerLogin(read(LOCAL), "DOCUMENTS")).toEqual({
      url: LOCAL.NATS_URL,
      password: LOCAL.NATS_DOCUMENTS_PASSWORD,
    });
    expect(problemsOf({ FLOWSTATE_LOCAL: "true", NATS_URL: LOCAL.NATS_URL })).toEqual([
      "NATS_DOCUMENTS_PASSWORD: is required",
      "NATS_EVENTS_PASSWORD: is required",
    ]);
  });

  it("is on this machine", () => {
    expect(problemsOf({ ...LOCAL, NATS_URL: "nats://localhost:4222,nats://[::1]:4223" })).toEqual([]);
    expect(problemsOf({ ...LOCAL, NATS_URL: "nats://broker:4222" })).toEqual([PLAIN]);
  });

  it("may be reached over TLS as well", () => {
    expect(problemsOf({ ...PRODUCTION, FLOWSTATE_LOCAL: "true" })).toEqual([]);
  });
});

function onlyPasswords({ NATS_DOCUMENTS_PASSWORD, NATS_EVENTS_PASSWORD }: typeof LOCAL) {
  return { NATS_DOCUMENTS_PASSWORD, NATS_EVENTS_PASSWORD };
}
