// Real: the files of `npm run certs`, its command, Node's X.509 parser. Doubled: the clock.
import { execFile } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { readdirSync, statSync } from "node:fs";
import { chown, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { removeNow, temporaryFolder } from "@flowstate/local/servers/reaper.ts";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { IDENTITY_NAMES } from "../../libs/messaging/identities.ts";
import { KEY_CURVE } from "./authority.ts";
import { holders } from "./holders.ts";
import {
  AUTHORITY_DAYS,
  issueCertificates,
  LEAF_DAYS,
  RENEW_BEFORE_DAYS,
  type Renewal,
  readHolder,
} from "./issue-certificates.ts";

const DAY_MS = 24 * 3_600_000;
const NOW = new Date("2026-11-28T12:00:00Z");
const EVERYBODY = holders();
const FOLDERS = EVERYBODY.map((holder) => holder.folder);

let folder: string;
const useNewFolder = () => {
  folder = temporaryFolder(join(tmpdir(), "flowstate-certs-"));
  return () => removeNow(folder);
};

const daysAfter = (days: number) => new Date(NOW.getTime() + days * DAY_MS);
const issue = (renewal: Renewal = "due", now = NOW, wanted = EVERYBODY) =>
  issueCertificates({ folder, holders: wanted, renewal, now });
const holderOf = (name: string) => readHolder(join(folder, name));
const certificateOf = async (name: string) => new X509Certificate((await holderOf(name)).certificate);
const trustedBy = async (name: string) =>
  (await holderOf(name)).trusted.split(/(?<=-----END CERTIFICATE-----\n)/).map((pem) => new X509Certificate(pem));
const verifies = (certificate: X509Certificate, authorities: readonly X509Certificate[]) =>
  authorities.some(({ publicKey }) => certificate.verify(publicKey));

describe("the certificates of a new folder", () => {
  let issued: readonly string[];
  beforeAll(async () => {
    const remove = useNewFolder();
    issued = await issue();
    return remove;
  });

  it("are one for each identity of the broker, each node and each server, under one authority", async () => {
    expect(issued).toEqual(["authority", ...FOLDERS]);
    expect(FOLDERS).toEqual(expect.arrayContaining(IDENTITY_NAMES.map((name) => `identities/${name}`)));
    for (const name of FOLDERS) {
      const [authority, ...others] = await trustedBy(name);
      expect(others).toEqual([]);
      expect(verifies(await certificateOf(name), authority === undefined ? [] : [authority])).toBe(true);
    }
  });

  it.each(EVERYBODY)(
    "say who $folder is, where, and at which end",
    async ({ folder: name, name: subject, hosts, ends }) => {
      const certificate = await certificateOf(name);
      expect(certificate.subject).toBe(`CN=${subject}`);
      for (const host of hosts) expect(certificate.checkHost(host) ?? certificate.checkIP(host)).toBe(host);
      expect(certificate.subjectAltName === undefined).toBe(hosts.length === 0);
      const USES = { server: "1.3.6.1.5.5.7.3.1", client: "1.3.6.1.5.5.7.3.2" };
      expect(certificate.keyUsage).toEqual(ends.map((end) => USES[end]));
    },
  );

  it("have no two subjects alike but those of the broker's nodes", () => {
    const others = EVERYBODY.filter(({ folder: name }) => !name.startsWith("broker/")).map(({ name }) => name);
    expect(new Set(others).size).toBe(others.length);
    expect(others).not.toContain(EVERYBODY[0]?.name);
  });

  it("are valid from before now for as long as the constants say, with keys of the curve that is named", async () => {
    const [authority] = await trustedBy("servers/ingest");
    const leaf = await certificateOf("servers/ingest");
    expect(leaf.validFromDate.getTime()).toBeLessThan(NOW.getTime());
    expect(leaf.validToDate).toEqual(daysAfter(LEAF_DAYS));
    expect(authority?.validToDate).toEqual(daysAfter(AUTHORITY_DAYS));
    expect(leaf.publicKey.asymmetricKeyDetails).toEqual({
      namedCurve: KEY_CURVE === "P-256" ? "prime256v1" : KEY_CURVE,
    });
  });

  it("are closed to other users, folders and files", async () => {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    expect(entries.length).toBeGreaterThan(FOLDERS.length * 3);
    for (const entry of entries) {
      const mode = statSync(join(entry.parentPath, entry.name)).mode & 0o777;
      expect([entry.name, mode.toString(8)]).toEqual([entry.name, entry.isDirectory() ? "700" : "600"]);
    }
  });
});

describe("issued again", () => {
  beforeEach(useNewFolder);

  it("nothing changes", async () => {
    await issue();
    const before = await holderOf("identities/audit");
    expect(await issue("due", daysAfter(1))).toEqual([]);
    expect(await holderOf("identities/audit")).toEqual(before);
  });

  it("what is missing is made, what is another's or near its end is replaced", async () => {
    await issue();
    await rm(join(folder, "servers/postgres/tls.key"));
    await writeFile(join(folder, "identities/audit/tls.crt"), (await holderOf("identities/admin")).certificate);
    expect(await issue()).toEqual(["identities/audit", "servers/postgres"]);
    expect(await issue("due", daysAfter(LEAF_DAYS - RENEW_BEFORE_DAYS - 1))).toEqual([]);
    expect(await issue("due", daysAfter(LEAF_DAYS - RENEW_BEFORE_DAYS + 1))).toEqual(FOLDERS);
  });

  it("with another host, that server's is replaced, and keeps the host from then on", async () => {
    await issue();
    const further = holders(new Map([["ingest", ["mail.example.com", "10.0.0.7"]]]));
    expect(await issue("due", NOW, further)).toEqual(["servers/ingest"]);
    expect(await issue("holders")).toEqual(FOLDERS);
    const certificate = await certificateOf("servers/ingest");
    expect(certificate.checkHost("mail.example.com")).toBe("mail.example.com");
    expect(certificate.checkIP("10.0.0.7")).toBe("10.0.0.7");
  });

  it.runIf(process.getuid?.() === 0)("root gives what is replaced to the owner of its folder", async () => {
    await issue();
    await chown(join(folder, "identities/audit"), 65_532, 65_533);
    await issue("holders");
    const ownerOf = (name: string) => {
      const { uid, gid } = statSync(join(folder, name));
      return [uid, gid];
    };
    expect(ownerOf("identities/audit/tls.key")).toEqual([65_532, 65_533]);
    expect(ownerOf("identities/admin/tls.key")).toEqual([0, 0]);
  });

  it("with --renew, every holder has a new key under the same authority", async () => {
    await issue();
    const before = await holderOf("identities/audit");
    expect(await issue("holders")).toEqual(FOLDERS);
    const after = await holderOf("identities/audit");
    expect(after.trusted).toBe(before.trusted);
    expect(after.key).not.toBe(before.key);
  });
});

describe("changing the authority", () => {
  beforeEach(useNewFolder);

  it("goes in three steps, and at each of them old and new trust each other", async () => {
    await issue();
    const old = await certificateOf("identities/audit");
    expect(await issue("authority", daysAfter(1))).toEqual(["authority"]);
    const both = await trustedBy("servers/postgres");
    expect(both).toHaveLength(2);
    expect(verifies(old, both)).toBe(true);

    await issue("holders", daysAfter(1));
    const renewed = await certificateOf("identities/audit");
    expect(verifies(renewed, both)).toBe(true);
    expect(verifies(renewed, both.slice(1))).toBe(false);

    expect(await issue("retire", daysAfter(1))).toEqual([]);
    const last = await trustedBy("servers/postgres");
    expect(last).toHaveLength(1);
    expect([verifies(old, last), verifies(renewed, last)]).toEqual([false, true]);
  });

  it("does not retire an authority whose certificates are still in use", async () => {
    await issue();
    await issue("authority");
    await expect(issue("retire")).rejects.toThrow(/identities\/audit.*run with --renew first/);
    expect(await trustedBy("servers/postgres")).toHaveLength(2);
  });

  it("is asked for before the authority ends", async () => {
    await issue();
    const late = daysAfter(AUTHORITY_DAYS - LEAF_DAYS + 1);
    await expect(issue("due", late)).rejects.toThrow("run with --new-authority");
    await issue("authority", late);
    expect(await issue("due", late)).toEqual([]);
  });

  it("is refused when the key is not there", async () => {
    await issue();
    await rm(join(folder, "authority/ca.key"));
    await expect(issue()).rejects.toThrow(/must have both/);
  });
});

describe("npm run certs", () => {
  beforeEach(useNewFolder);

  const run = (...args: string[]) =>
    promisify(execFile)(process.execPath, [join(import.meta.dirname, "main.ts"), ...args], {
      cwd: folder,
      env: { INIT_CWD: folder },
    });

  it("makes the folder that it is told, says what it issued, and the second time that nothing was to be done", async () => {
    const first = await run("made", "--host", "nats-1=broker.example.com");
    expect(first.stdout.split("\n").filter((line) => line.startsWith("issued made/"))).toHaveLength(FOLDERS.length + 1);
    expect((await run("made")).stdout).toBe("every certificate is as it should be\n");
    const pem = await readFile(join(folder, "made/broker/nats-1/tls.crt"), "utf8");
    expect(new X509Certificate(pem).checkHost("broker.example.com")).toBe("broker.example.com");
  });

  it("says in one line what it cannot do", async () => {
    const failed = run("--host", "extractor=a.example");
    const message = /^flowstate: hosts can be added to: nats-1, [^\n]*\n$/;
    await expect(failed).rejects.toMatchObject({ code: 1, stderr: expect.stringMatching(message) });
  });
});
