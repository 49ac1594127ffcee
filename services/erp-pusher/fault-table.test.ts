import { CODES, type PushOutcome } from "@flowstate/contracts";
import { createCertificateAuthority } from "@flowstate/local/doubles/certificate.ts";
import { type ErpDouble, type ErpOptions, type ScriptedAnswer, startErp } from "@flowstate/local/doubles/erp.ts";
import { startTelemetry } from "@flowstate/runtime";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { MAX_ATTEMPTS } from "./deliver-webhook.ts";
import type { ErpEndpointOptions } from "./erp-endpoint.ts";
import { CANARY, type PushOptions, pushRig, type RigOptions } from "./testing/push-rig.ts";

// Real: HTTP, TLS, signatures, GhostBytes, the loop of attempts. Doubled: the ERP, by a server that verifies signatures with
// the customers' package and books each webhook-id once; the pauses, which take no time; the sealed transfer, by a call object.

/** What becomes of a document, and what its sender is answered. */
interface Expected {
  readonly event: "document.delivered" | "document.undeliverable" | "document.deferred";
  readonly answer: 200 | 503;
  readonly code?: string;
  readonly status?: number;
  readonly attempts: number;
  /** Whether an attempt ended without anybody but the ERP knowing how. */
  readonly ambiguous: boolean;
  /** Documents that an ERP which honours webhook-id has booked. */
  readonly effects: number;
}

interface Fault {
  readonly name: string;
  readonly on: (erp: ErpDouble, everyAttempt: boolean) => void;
  readonly erp?: ErpOptions;
  readonly rig?: RigOptions;
  readonly push?: PushOptions;
  /** When the fault meets the first attempt only. */
  readonly first: Expected;
  /** When it meets every attempt. */
  readonly every: Expected;
}

const NEVER = new Promise(() => {});
const scripted = (answer: ScriptedAnswer) => (erp: ErpDouble, everyAttempt: boolean) =>
  everyAttempt ? erp.scriptAlways(answer) : erp.script(answer);

const delivered = (attempts: number, more: Partial<Expected> = {}): Expected => ({
  event: "document.delivered",
  answer: 200,
  status: 200,
  attempts,
  ambiguous: false,
  effects: 1,
  ...more,
});
const deferred = (attempts: number, more: Partial<Expected> = {}): Expected => ({
  event: "document.deferred",
  answer: 503,
  code: "erp_unavailable",
  attempts,
  ambiguous: false,
  effects: 0,
  ...more,
});
const undeliverable = (status: number, code = "erp_rejected"): Expected => ({
  event: "document.undeliverable",
  answer: 200,
  code,
  status,
  attempts: 1,
  ambiguous: false,
  effects: 0,
});

/** Ends the delivery at the first attempt, so that it matters not what would meet the others. */
function final(name: string, answer: ScriptedAnswer, expected: Expected): Fault {
  return { name, on: scripted(answer), first: expected, every: expected };
}

/** Passes: the second attempt succeeds, or the sender is asked to come again. `booked`: the ERP took it nevertheless. */
function passing(
  name: string,
  on: Fault["on"],
  { status, ambiguous = false, booked = false, ...rest }: PassingOptions = {},
): Fault {
  return {
    name,
    on,
    ...rest,
    first: delivered(2, { ambiguous }),
    every: deferred(MAX_ATTEMPTS, { ambiguous, effects: booked ? 1 : 0, ...(status !== undefined && { status }) }),
  };
}
interface PassingOptions extends Pick<Fault, "erp" | "rig" | "push"> {
  readonly status?: number;
  readonly ambiguous?: boolean;
  readonly booked?: boolean;
}

const answered = (status: number) => scripted({ status });
const lost = { ambiguous: true, booked: true };
const impatient = { rig: { timeoutMs: 150 } };

const STATUSES: readonly Fault[] = [
  ...[200, 201, 202, 204, 299].map((status) => final(`answers ${status}`, { status }, { ...delivered(1), status })),
  ...[300, 301, 302, 303, 304, 307, 308].map((status) =>
    final(`redirects with ${status}`, { status, headers: { location: "/elsewhere" } }, undeliverable(status)),
  ),
  ...[400, 401, 402, 403, 404, 405, 406, 407, 409, 411, 412, 413, 414, 415, 417, 421, 422, 426, 428, 431, 451, 499].map(
    (status) => final(`answers ${status}`, { status }, undeliverable(status)),
  ),
  final("answers 410", { status: 410 }, undeliverable(410, "erp_gone")),
  ...[408, 425, 429, 500, 501, 502, 503, 504, 507, 520, 599].map((status) =>
    passing(`answers ${status}`, answered(status), { status }),
  ),
  passing("answers a status that HTTP does not have", scripted({ raw: "HTTP/1.1 799 Odd\r\n\r\n" }), { booked: true }),
];

const SWITCHING = "Switching Protocols\r\nconnection: upgrade\r\nupgrade: h2c";
const INTERIM = "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n";

const FAULTS: readonly Fault[] = [
  passing("cuts the connection before anything is said", (erp, every) => erp.cutConnections(every ? MAX_ATTEMPTS : 1), {
    ambiguous: true,
  }),
  passing("cuts the connection before it reads the body", scripted({ drop: "before_body" }), { ambiguous: true }),
  passing("loses the connection after the request was written, and books", scripted({ drop: "after_body" }), lost),
  passing("has slow headers", scripted({ delayHeaders: NEVER }), { ...lost, ...impatient }),
  passing("does not speak HTTP", scripted({ raw: "220 mail.example ESMTP\r\n" }), lost),
  passing("answers nothing at all", scripted({ raw: "" }), lost),
  passing("sends more headers than fit", scripted({ headers: { x: "y".repeat(60_000) } }), lost),
  passing("answers half a status line", scripted({ raw: "HTTP/1.1 20" }), lost),
  passing("asks for a body that nobody held back", scripted({ raw: "HTTP/1.1 100 Continue\r\n\r\n" }), lost),
  passing("switches protocols unasked", scripted({ raw: `HTTP/1.1 101 ${SWITCHING}\r\n\r\n` }), lost),
  passing("answers for the time being and never for good", scripted({ raw: INTERIM.repeat(10_000) }), lost),
  passing(
    "gives two lengths",
    scripted({ raw: "HTTP/1.1 200 OK\r\ncontent-length: 0\r\ncontent-length: 5\r\n\r\n" }),
    lost,
  ),
  {
    ...final("has a slow body", { delayBody: NEVER }, delivered(1)),
  },
  final("has a huge body", { body: "huge" }, delivered(1)),
  final("has garbage for a body", { body: "\u0000\uffff{{{" }, delivered(1)),
  final("cuts its answer after the status", { drop: "during_answer" }, delivered(1)),
  passing("breaks TLS off", (erp, every) => erp.cutConnections(every ? MAX_ATTEMPTS : 1), { erp: { tls: true } }),
  ...certificateFaults(),
  clientRefused(),
  always("does not listen", "erp_unavailable", MAX_ATTEMPTS, { url: new URL("http://127.0.0.1:1/") }),
  always("has a name that nobody knows", "erp_unavailable", MAX_ATTEMPTS, { url: new URL("https://erp.invalid/") }),
  always("leads to an address that nothing is sent to", "erp_address_refused", 1, { allowLoopback: false }),
];

/** Is so in every attempt, the first one included. */
function always(name: string, code: string, attempts: number, endpoint: Partial<ErpEndpointOptions>): Fault {
  const expected = deferred(attempts, { code });
  return { name, on: () => {}, rig: { endpoint }, first: expected, every: expected };
}

/** The certificate is the same in every attempt, and there is only one. */
function certificateFaults(): Fault[] {
  const authority = createCertificateAuthority();
  const expected = deferred(1, { code: "erp_certificate_invalid" });
  const fault = (name: string, tls: ReturnType<typeof authority.issue>, trusted = authority): Fault => ({
    name,
    on: () => {},
    erp: { tls },
    rig: { endpoint: { caCertificate: trusted.certificate } },
    first: expected,
    every: expected,
  });
  return [
    fault("shows an expired certificate", authority.issue({ notAfter: new Date(Date.now() - 60_000) })),
    fault("shows a certificate of tomorrow", authority.issue({ notBefore: new Date(Date.now() + 60_000) })),
    fault("shows another host's certificate", authority.issue({ hosts: ["erp.example"] })),
    fault("shows a certificate whose key is too weak", authority.issue({ weakKey: true })),
    fault("shows a client's certificate", authority.issueClient()),
    fault("shows a certificate of an unknown authority", authority.issue(), createCertificateAuthority()),
  ];
}

/** With TLS 1.3 a caller is refused after the handshake is over on its side, and the request written. */
function clientRefused(): Fault {
  const expected = deferred(MAX_ATTEMPTS, { ambiguous: true });
  const erp = { tls: true, clientAuthority: createCertificateAuthority().certificate };
  return { name: "lets nobody in without a certificate", on: () => {}, erp, first: expected, every: expected };
}

/** What ingest answers for this outcome: the table of codes decides. */
function answerOf(outcome: PushOutcome): number {
  if (outcome.result === "delivered") return 200;
  return CODES[outcome.code] === "deferred" ? 503 : 200;
}

async function meet(
  fault: Fault,
  everyAttempt: boolean,
): Promise<{ readonly seen: Expected; readonly wiped: boolean }> {
  await using erp = await startErp(fault.erp);
  fault.on(erp, everyAttempt);
  const rig = pushRig(erp, fault.rig);
  const { outcome, wiped } = rig.push(fault.push);
  const ended = await outcome;
  const lines = rig.logLines();
  expect(JSON.stringify(lines)).not.toContain(CANARY);
  // The server's side of a cut connection may still be finishing.
  await expect.poll(() => erp.effects).toBe(everyAttempt ? fault.every.effects : fault.first.effects);
  expect(new Set(erp.received.map(({ headers }) => headers["webhook-id"])).size).toBeLessThanOrEqual(1);
  const seen: Expected = {
    event: `document.${ended.result}`,
    answer: answerOf(ended) === 200 ? 200 : 503,
    ...("code" in ended && { code: ended.code }),
    ...(ended.erp_http_status !== undefined && { status: ended.erp_http_status }),
    attempts: ended.attempts,
    ambiguous: lines.some(({ event, ambiguous }) => event === "delivery.ended" && ambiguous === true),
    effects: erp.effects,
  };
  return { seen, wiped: wiped() };
}

beforeAll(async () => {
  await startTelemetry("erp-pusher", undefined);
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe.each([...STATUSES, ...FAULTS])("an ERP that $name", (fault) => {
  it("at the first attempt has the stated end", async () => {
    expect(await meet(fault, false)).toEqual({ seen: fault.first, wiped: true });
  });

  it("at every attempt has the stated end", async () => {
    expect(await meet(fault, true)).toEqual({ seen: fault.every, wiped: true });
  });
});

describe("the fault table", () => {
  it("answers 503 for all that is temporary, and only for that", () => {
    const rows = [...STATUSES, ...FAULTS].flatMap(({ first, every }) => [first, every]);
    expect(rows.filter(({ event, answer }) => (event === "document.deferred") !== (answer === 503))).toEqual([]);
  });

  it("never has a document booked twice", () => {
    const rows = [...STATUSES, ...FAULTS].flatMap(({ first, every }) => [first, every]);
    expect(rows.filter(({ effects }) => effects > 1)).toEqual([]);
  });
});
