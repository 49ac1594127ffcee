import { buildMail } from "@flowstate/local/doubles/sendgrid-mail.ts";
import type { Random } from "../../crash/plan/random.ts";
import { CANARY } from "../checks/canary.ts";
import { BYTE_MUTATORS } from "../mutate/bytes.ts";
import { JSON_MUTATORS } from "../mutate/json.ts";
import { LINE_MUTATORS } from "../mutate/lines.ts";
import { mutated } from "../mutate/mutator.ts";
import type { Target } from "../target.ts";
import { IngestDoor } from "./ingest-door.ts";
import { TENANT_ADDRESS } from "./mail-seeds.ts";

const PDF = Buffer.from(`%PDF-1.7\n% ${CANARY}`);

/** What each field that is looked at ordinarily says. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  envelope: [
    JSON.stringify({ to: [TENANT_ADDRESS, "x@y.example"], from: "billing@supplier.example" }),
    JSON.stringify({ to: TENANT_ADDRESS, from: CANARY }),
  ],
  charsets: [JSON.stringify({ envelope: "UTF-8", to: "iso-8859-1", subject: "windows-1252" })],
  "attachment-info": [
    JSON.stringify({ attachment1: { filename: CANARY, type: "application/pdf", "content-id": "a@b" } }),
  ],
  "content-ids": [JSON.stringify({ "a@b": "attachment1" })],
  attachments: ["1", "0", "2"],
  dkim: ["{@a.example : pass, @b.example : temperror}", "{}", `{@${CANARY} : pass}`],
  SPF: ["pass", "softfail", CANARY],
  headers: [`Received: from ${CANARY}\nMessage-ID: <1@supplier.example>\nSubject: =?UTF-8?B?w7w=?=\n`],
};
const NAMES = Object.keys(FIELDS);

/** SendGrid's own fields: one to three of a mail are not what they are. */
export const SENDGRID_FIELDS: Target = {
  name: "sendgrid-fields",
  runs: "as multipart",
  share: 50,
  atOnce: 8,
  async open() {
    const door = await IngestDoor.open();
    return {
      make(random) {
        const changed = Array.from({ length: random.whole(1, 3) }, () => random.one(NAMES));
        const fields = Object.fromEntries(changed.map((name) => [name, fieldOf(name, random)]));
        const mail = buildMail({
          from: "billing@supplier.example",
          to: TENANT_ADDRESS,
          subject: CANARY,
          messageId: `${random.whole(0, 2 ** 31 - 1)}.${random.whole(0, 2 ** 31 - 1)}@supplier.example`,
          documents: [{ filename: `${CANARY}.pdf`, bytes: PDF }],
          fields,
        });
        return Buffer.from(mail.body);
      },
      give: (body) => door.post("/webhooks/sendgrid", "multipart/form-data; boundary=xYzZY", body),
      settle: () => door.settle(),
      [Symbol.asyncDispose]: () => door[Symbol.asyncDispose](),
    };
  },
};

function fieldOf(name: string, random: Random): Buffer {
  const seeds = (FIELDS[name] ?? []).map((text) => () => Buffer.from(text));
  const isJson = seeds.every((seed) => seed().toString().startsWith("{"));
  return mutated(seeds, [...(isJson ? JSON_MUTATORS : LINE_MUTATORS), ...BYTE_MUTATORS], random);
}
