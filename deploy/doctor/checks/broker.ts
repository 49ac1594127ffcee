import { CHUNK_BYTES } from "@flowstate/messaging";
import type { IdentityLogin } from "../broker-access.ts";
import type { Check, Examination } from "../check.ts";
import { explainConnection } from "../connection-fault.ts";
import { type BrokerInfo, meetBroker } from "../meet-broker.ts";
import { found, foundOrGood, good, type Result, unchecked } from "../result.ts";

/** A chunk with its tag, its type byte and the subjects around it. */
const LEAST_PAYLOAD_BYTES = CHUNK_BYTES + 4_096;
/** The first that is mended (CVE-2025-30215 and what came after it). */
const OLDEST = [2, 12] as const;

/** Whether every server of the broker is there, speaks TLS as the settings ask, and lets each identity in. */
export const brokerCheck: Check = {
  name: "broker",
  async run(examination) {
    const { logins } = examination.broker;
    if (logins.length === 0) return [unchecked("the broker: no part has usable settings for it")];
    const perPart = await Promise.all(partsOf(logins).map((login) => meetServers(examination, login)));
    return [...new Map(perPart.flat().map((result) => [JSON.stringify(result), result])).values()];
  },
};

/** One identity of each part: what a server shows is the same for the part's others. */
function partsOf(logins: readonly IdentityLogin[]): readonly IdentityLogin[] {
  return [...new Map(logins.map((login) => [login.part, login])).values()];
}

async function meetServers(examination: Examination, first: IdentityLogin): Promise<readonly Result[]> {
  const { url, tls } = first.login;
  const servers = url.split(",").map((server) => new URL(server));
  const met = await Promise.all(
    servers.map((server) =>
      meetBroker(server, tls, examination.surroundings.patienceMs).then(
        (info) => ({ server, info, results: aboutServer(server, info, tls !== undefined) }),
        (error: unknown) => ({ server, info: undefined, results: [aboutFault(server, error)] }),
      ),
    ),
  );
  const there = met.filter(({ info }) => info !== undefined);
  // Two of three carry on: that one is away is no failure yet.
  const results = met.flatMap(({ info, results: own }) =>
    info === undefined && there.length > 0 ? own.map(asNodeAway) : own,
  );
  if (there.length === 0 || results.some(({ kind, ...rest }) => kind === "found" && isFatal(rest))) return results;
  return [...results, ...(await aboutLogins(examination, first.part))];
}

/** A node that shows a wrong certificate is not away: the client may choose it. */
function asNodeAway(result: Result): Result {
  const isAway = result.kind === "found" && (result.id === "broker.unreachable" || result.id === "broker.name_unknown");
  return isAway ? found("broker.node_away", result.text) : result;
}

function isFatal(rest: object): boolean {
  return "id" in rest && (rest.id === "broker.plain_text" || rest.id === "broker.certificate_refused");
}

function aboutFault({ host, hostname }: URL, error: unknown): Result {
  const { fault, sentence } = explainConnection(hostname === "" ? host : host, error);
  return found(`broker.${fault}`, sentence);
}

function aboutServer({ host }: URL, info: BrokerInfo, wantsTls: boolean): readonly Result[] {
  const results: Result[] = [];
  if (wantsTls && !info.tls_required) results.push(found("broker.plain_text", `${host} does not ask for TLS`));
  if (info.max_payload < LEAST_PAYLOAD_BYTES) {
    results.push(
      found(
        "broker.messages_too_small",
        `${host} takes messages of ${info.max_payload} bytes, a chunk needs ${LEAST_PAYLOAD_BYTES}`,
      ),
    );
  }
  const [major = 0, minor = 0] = info.version.split(".").map(Number);
  if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
    results.push(found("broker.version_old", `${host} is nats-server ${major}.${minor}`));
  }
  return foundOrGood(results, `${host} is there and speaks as it must`);
}

async function aboutLogins({ broker }: Examination, part: string): Promise<readonly Result[]> {
  const own = broker.logins.filter((login) => login.part === part);
  const connected = await broker.connected(own.map(({ identity }) => identity));
  return own.map(({ identity }) =>
    connected.some((login) => login.identity === identity)
      ? good(`${part}: the broker lets ${identity} in`)
      : found("broker.login_refused", `${part}: the broker does not let ${identity} in`),
  );
}
