import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { apt, installWithApt, mayInstallWithApt } from "./apt.mjs";
import { findInPath, isExecutable, publish, userCache } from "./cache.mjs";
import { Failure } from "./failure.mjs";
import { step } from "./progress.mjs";
import { reasonIn, run } from "./run.mjs";

const FETCH_TIMEOUT_MS = 300_000;

/** Folders where package managers put the server and which are not always in a user's PATH. */
const USUAL_FOLDERS = ["/usr/sbin", "/usr/local/sbin", "/usr/local/bin", "/opt/homebrew/bin"];

/** The release that is fetched when no package manager has one, pinned to its content. */
const RELEASE = {
  version: "2.12.7",
  sha256: {
    "linux-x64": ["amd64", "570d2d627db111e679cc1e6bc57ba78f373ed1769acd8dc9c21c8f62d15b3c52"],
    "linux-arm64": ["arm64", "3b9a79986778285c0e5acaba0b1218b72f6159db68fe5b8916a7d846240f9f22"],
  },
};

/**
 * Finds nats-server or gets one, preferring what changes least on the machine.
 *
 * @returns {Promise<string>} path of the binary
 */
export async function bringNatsServer() {
  const named = process.env["FLOWSTATE_NATS_SERVER"];
  if (named !== undefined && named !== "") {
    if (isExecutable(named)) return named;
    throw new Failure(`FLOWSTATE_NATS_SERVER names ${named}, which is no executable: correct it or unset it`);
  }
  const cached = join(userCache(), "nats-server", "nats-server");
  const present = findInPath("nats-server") ?? usual() ?? (isExecutable(cached) ? cached : undefined);
  if (present !== undefined) return present;

  const reasons = [];
  for (const get of [fromDebianPackage, fromInstalledPackage, installWithBrew, fromRelease]) {
    try {
      const found = await get(cached);
      if (found !== undefined) return found;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      reasons.push(error.message);
    }
  }
  const how = process.platform === "darwin" ? "brew install nats-server" : "sudo apt-get install nats-server";
  throw new Failure(`nats-server is needed and could not be fetched (${reasons.join("; ")}): run \`${how}\``);
}

function usual() {
  return USUAL_FOLDERS.map((folder) => join(folder, "nats-server")).find(isExecutable);
}

/** Downloads the distribution's package and unpacks it into the cache: no root, nothing installed. apt checks the digest. */
function fromDebianPackage(cached) {
  if (findInPath("apt-get") === undefined || findInPath("dpkg-deb") === undefined) return undefined;
  return step("fetching nats-server with apt-get", () =>
    intoCache(cached, async (building) => {
      const direct = await apt(["download", "nats-server"], building);
      if (!direct.ok) {
        // The machine's package lists are empty or stale. A private copy of them needs no root and changes nothing.
        const lists = privateLists(building);
        await apt([...lists, "update"], building);
        const retried = await apt([...lists, "download", "nats-server"], building);
        if (!retried.ok) throw new Failure(`apt-get: ${reasonIn(retried.output)}`);
      }
      const deb = readdirSync(building).find((entry) => entry.endsWith(".deb"));
      if (deb === undefined) throw new Failure("apt-get downloaded nothing");
      const unpacked = await run("dpkg-deb", ["-x", join(building, deb), join(building, "package")]);
      if (!unpacked.ok) throw new Failure(`dpkg-deb: ${reasonIn(unpacked.output)}`);
      return join(building, "package", "usr", "sbin", "nats-server");
    }),
  );
}

function privateLists(building) {
  const lists = join(building, "apt", "lists");
  const cache = join(building, "apt", "cache");
  mkdirSync(join(lists, "partial"), { recursive: true });
  mkdirSync(join(cache, "archives", "partial"), { recursive: true });
  // apt otherwise fetches as a user of its own, which cannot write into a folder of ours.
  const user = process.getuid?.() === 0 ? ["-o", "APT::Sandbox::User=root"] : [];
  return ["-o", `Dir::State::lists=${lists}`, "-o", `Dir::Cache=${cache}`, "-o", "Debug::NoLocking=1", ...user];
}

async function fromInstalledPackage() {
  if (!mayInstallWithApt()) return undefined;
  await step("installing nats-server with apt-get", () => installWithApt(["nats-server"]));
  return usual();
}

async function installWithBrew() {
  if (findInPath("brew") === undefined) return undefined;
  const installed = await step("installing nats-server with brew", () =>
    run("brew", ["install", "nats-server"], { timeoutMs: FETCH_TIMEOUT_MS }),
  );
  if (!installed.ok) throw new Failure(`brew install: ${reasonIn(installed.output)}`);
  return findInPath("nats-server") ?? usual();
}

function fromRelease(cached) {
  const target = RELEASE.sha256[`${process.platform}-${process.arch}`];
  if (target === undefined) return undefined;
  const [arch, sha256] = target;
  const name = `nats-server-v${RELEASE.version}-${process.platform}-${arch}`;
  return step(`fetching nats-server ${RELEASE.version}`, () =>
    intoCache(cached, async (building) => {
      const tarball = join(building, `${name}.tar.gz`);
      writeFileSync(tarball, await download(name, sha256));
      const unpacked = await run("tar", ["-xzf", tarball, "-C", building]);
      if (!unpacked.ok) throw new Failure(`tar: ${reasonIn(unpacked.output)}`);
      return join(building, name, "nats-server");
    }),
  );
}

async function download(name, sha256) {
  const url = `https://github.com/nats-io/nats-server/releases/download/v${RELEASE.version}/${name}.tar.gz`;
  let bytes;
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) });
    if (!response.ok) throw new Failure(`github.com answered ${response.status}`);
    bytes = Buffer.from(await response.arrayBuffer());
  } catch (error) {
    throw error instanceof Failure ? error : new Failure("github.com cannot be reached");
  }
  if (createHash("sha256").update(bytes).digest("hex") !== sha256) {
    throw new Failure(`nats-server ${RELEASE.version} from github.com is not what it should be`);
  }
  return bytes;
}

/** Keeps of what `fetchBinary` brought only the server itself, once it has shown that it runs here. */
async function intoCache(cached, fetchBinary) {
  await publish(join(cached, ".."), async (building) => {
    const work = join(building, "work");
    mkdirSync(work);
    const binary = await fetchBinary(work);
    if (!(await run(binary, ["--version"])).ok) throw new Failure("the fetched nats-server does not run here");
    renameSync(binary, join(building, "nats-server"));
    rmSync(work, { recursive: true, force: true });
  });
  return cached;
}
