import { buildMail, type Mail } from "@flowstate/local/doubles/sendgrid-mail.ts";
import { buildMessage, type Part } from "../../../services/ingest/receive/mime/testing/build-message.ts";
import type { Random } from "../../crash/plan/random.ts";
import { CANARY } from "../checks/canary.ts";
import type { Seed } from "../mutate/mutator.ts";

/** Mails as SendGrid posts them, in both modes, and the messages that they are made of. */

export const TENANT_ADDRESS = "in@acme.example";
const PDF = Buffer.from(`%PDF-1.7\n% ${CANARY}\n%%EOF`);
const PNG = Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), Buffer.from(CANARY)]);

/** No two mails have the same: the second would only be a duplicate. */
function messageIdOf(random: Random): string {
  return `<${random.whole(0, 2 ** 31 - 1)}.${random.whole(0, 2 ** 31 - 1)}@supplier.example>`;
}

const PLAIN: Pick<Mail, "from" | "to" | "subject" | "text" | "html"> = {
  from: "Billing <billing@supplier.example>",
  to: TENANT_ADDRESS,
  subject: `Invoice ${CANARY}`,
  text: `Dear customer, ${CANARY}\n`,
  html: `<p>${CANARY}</p>`,
};
const pdf = { filename: `${CANARY}.pdf`, bytes: PDF };
const forwarded = `Subject: ${CANARY}\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n${PDF.toString("base64")}`;

const MAILS: readonly Partial<Mail>[] = [
  { documents: [pdf] },
  { documents: [] },
  {
    documents: [
      { ...pdf, contentId: `${CANARY}@x` },
      { filename: "b.png", bytes: PNG, contentType: "image/png" },
    ],
  },
  { documents: [{ filename: `..\\${CANARY}"`, bytes: Buffer.from(`no PDF ${CANARY}`) }, pdf, pdf] },
  { documents: [{ filename: "f.eml", bytes: Buffer.from(forwarded), contentType: "message/rfc822" }] },
  { documents: [pdf], envelope: { from: "a@b.example", to: ["nobody@elsewhere.example"] } },
  { documents: [pdf], order: ["attachment1", "envelope"] },
  {
    documents: [pdf],
    fields: { charsets: JSON.stringify({ envelope: "cp850", to: CANARY }), dkim: `{@${CANARY} : pass}` },
  },
];

/** A mail in SendGrid's default mode, to the tenant unless it says otherwise. */
export function mailSeed(mail: Partial<Mail>): Seed {
  return (random) => Buffer.from(buildMail({ ...PLAIN, documents: [], messageId: messageIdOf(random), ...mail }).body);
}

export const MAIL_SEEDS: readonly Seed[] = MAILS.map(mailSeed);

const TYPES = ["application/pdf", "application/octet-stream", "text/plain", "image/png", "application/zip"];
const ENCODINGS = ["7bit", "8bit", "binary", "x-unknown", "base64", "quoted-printable"] as const;
const DISPOSITIONS = ["attachment", `attachment; filename="${CANARY}.pdf"`, "inline", ""];
const MAX_DEPTH = 4;

/** A message such as one of the many mailers might write it. */
export const messageSeed: Seed = (random) => {
  const message = buildMessage(partOf(random, 0), (count) => random.whole(0, count - 1));
  return Buffer.concat([Buffer.from(`Message-ID: ${messageIdOf(random)}\r\nSubject: ${CANARY}\r\n`), message]);
};

function partOf(random: Random, depth: number): Part {
  if (depth < MAX_DEPTH && random.percent(depth === 0 ? 80 : 30)) {
    if (random.percent(25)) {
      return { kind: "message", part: partOf(random, depth + 1), encoding: random.one(["7bit", "base64"] as const) };
    }
    const parts = Array.from({ length: random.whole(0, 4) }, () => partOf(random, depth + 1));
    return { kind: "multipart", parts, closed: random.percent(80), filler: random.percent(30) };
  }
  const disposition = random.one(DISPOSITIONS);
  return {
    kind: "leaf",
    bytes: random.percent(60) ? PDF : Buffer.from(`text ${CANARY}\r\n`),
    type: random.one(TYPES),
    ...(disposition !== "" && { disposition }),
    encoding: random.one(ENCODINGS),
  };
}

/** Raw mode: the message is a field. */
export function inRawMode(message: Buffer): Buffer {
  const field = (name: string, value: string | Buffer) => [
    Buffer.from(`--xYzZY\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n`),
    Buffer.from(value),
    Buffer.from("\r\n"),
  ];
  return Buffer.concat([
    ...field("email", message),
    ...field("envelope", JSON.stringify({ to: [TENANT_ADDRESS], from: "billing@supplier.example" })),
    ...field("subject", CANARY),
    Buffer.from("--xYzZY--\r\n"),
  ]);
}
