import { readFile } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { parseArgs } from "node:util";
import { NoAnswerError, sendMail } from "../doubles/sendgrid.ts";
import { readLocal } from "../local-file.ts";
import { describeOutcome, isDelivered, mailOutcome } from "./mail-outcome.ts";

/**
 * `npm run send -- DOCUMENT.pdf [--from a@b] [--to x@y]`: mails one PDF to the running local stack, as SendGrid would, and
 * shows what became of it. Sends once: a document that was given back to its sender is not sent again. Exit code 0 when the
 * ERP has it.
 */

const DEFAULT_SENDER = "sender@supplier.example";
const USAGE = "usage: npm run send -- DOCUMENT.pdf [--from a@b] [--to x@y]";

/** A reason not to send, in one line. */
class UsageError extends Error {}

async function send(): Promise<boolean> {
  const { path, from, to } = readArguments();
  const local = await readLocal();
  if (local === undefined) throw new UsageError("no local stack is running here: start one with npm start");
  const bytes = await readDocument(path);
  const recipient = to ?? local.tenant.address;

  const since = Date.now();
  const answer = await sendMail({
    url: local.services.ingest.url,
    apiKey: local.apiKey,
    from: from ?? DEFAULT_SENDER,
    to: recipient,
    subject: "Document",
    documents: [{ filename: basename(path), bytes }],
  });
  print(
    `Mailed ${bytes.byteLength.toLocaleString("en-US")} bytes to ${recipient}; answered after ${Date.now() - since} ms.`,
  );
  const outcome = await mailOutcome(local, answer, since);
  print(...describeOutcome(outcome));
  if (outcome.status === "temporarily_unavailable") {
    print("SendGrid would keep the mail and send it again for up to 72 hours; here, run the command again.");
  }
  return isDelivered(outcome);
}

function readArguments(): { path: string; from: string | undefined; to: string | undefined } {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { from: { type: "string" }, to: { type: "string" } },
    });
    const [name, ...more] = positionals;
    if (name === undefined || more.length > 0) throw new UsageError(USAGE);
    // npm runs scripts in the root of the repository; the path is meant from where the user stands.
    return { path: resolve(process.env["INIT_CWD"] ?? "", name), from: values.from, to: values.to };
  } catch {
    throw new UsageError(USAGE);
  }
}

async function readDocument(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch {
    throw new UsageError(`${path} cannot be read: check the path`);
  }
}

function print(...lines: readonly string[]): void {
  process.stdout.write(`${lines.join("\n")}\n`);
}

try {
  process.exitCode = (await send()) ? 0 : 1;
} catch (error) {
  if (error instanceof UsageError) process.stderr.write(`flowstate: ${error.message}\n`);
  else if (error instanceof NoAnswerError)
    process.stderr.write("flowstate: ingest did not answer: see npm start's output\n");
  else throw error;
  process.exitCode = 1;
}
