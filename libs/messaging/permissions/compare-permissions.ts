import { EVENTS_STREAM, LEDGER_BUCKET } from "@flowstate/contracts";
import type { NatsConnection } from "nats";
import { overlap } from "../events/forbid-overlap.ts";
import { IDENTITIES, IDENTITY_NAMES, type Identity } from "../identities.ts";
import { refusedSubjects, type SubjectsByRight } from "./refused-subjects.ts";

/** What stands in the place of a wildcard: no document, no transfer, no event and no stream is called so. */
const NOBODY = "flowstate_nobody";

/** Beside what the table gives to somebody: what nobody is given but the administrator of JetStream, or nobody at all. */
const FORBIDDEN: SubjectsByRight = {
  publish: [
    `$JS.API.STREAM.CREATE.${NOBODY}`,
    `$JS.API.STREAM.DELETE.${NOBODY}`,
    `$JS.API.STREAM.MSG.GET.${EVENTS_STREAM}`,
    "$SYS.REQ.SERVER.PING",
    "_INBOX.flowstate_nobody",
  ],
  subscribe: [">", `$KV.${LEDGER_BUCKET}.>`, "$SYS.>", "_INBOX.flowstate_nobody"],
};

/** Where a broker and the table of identities differ: subjects with the right that is missing or too much. */
export interface PermissionDifferences {
  readonly missing: SubjectsByRight;
  readonly tooMuch: SubjectsByRight;
}

/** Holds what the broker permits `identity` against its row of the table. Closes the connection, which must be its own. */
export async function comparePermissions(nats: NatsConnection, identity: Identity): Promise<PermissionDifferences> {
  const asked = { publish: subjectsOf("publish"), subscribe: subjectsOf("subscribe") };
  const refused = await refusedSubjects(nats, asked);
  const compare = (differs: (isListed: boolean, isRefused: boolean) => boolean): SubjectsByRight => {
    const of = (right: "publish" | "subscribe") =>
      asked[right].filter((subject) => differs(isListed(identity, right, subject), refused[right].includes(subject)));
    return { publish: of("publish"), subscribe: of("subscribe") };
  };
  return {
    missing: compare((listed, isRefused) => listed && isRefused),
    tooMuch: compare((listed, isRefused) => !listed && !isRefused),
  };
}

/** One subject for each line of the table, whoever's it is, and those that nobody has. */
function subjectsOf(right: "publish" | "subscribe"): readonly string[] {
  const listed = IDENTITY_NAMES.flatMap((identity) => IDENTITIES[identity][right]).map((pattern) =>
    pattern.replaceAll(/[*>]/g, NOBODY),
  );
  return [...new Set([...listed, ...FORBIDDEN[right]])];
}

/** A wildcard is somebody's only if the table has that very line. */
function isListed(identity: Identity, right: "publish" | "subscribe", subject: string): boolean {
  const lines: readonly string[] = IDENTITIES[identity][right];
  return lines.some((line) => (/[*>]/.test(subject) ? line === subject : overlap(line, subject)));
}
