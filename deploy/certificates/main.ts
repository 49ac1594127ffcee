import { relative } from "node:path";
import { holders, UnknownHolderError } from "./holders.ts";
import { AuthorityError, issueCertificates } from "./issue-certificates.ts";
import { readOrder, UsageError } from "./read-order.ts";

/**
 * `npm run certs -- [FOLDER]`: makes a private authority and every certificate that a deployment of our own needs, or brings
 * them up to date (docs/operations/certificates.md).
 */

// npm runs scripts in the root of the repository; paths are meant from where the user stands.
const STANDING = process.env["INIT_CWD"] ?? process.cwd();

try {
  const { folder, renewal, furtherHosts } = readOrder(process.argv.slice(2), STANDING);
  const issued = await issueCertificates({ folder, holders: holders(furtherHosts), renewal, now: new Date() });
  for (const name of issued) process.stdout.write(`issued ${relative(STANDING, folder)}/${name}\n`);
  if (issued.length === 0) process.stdout.write("every certificate is as it should be\n");
} catch (error) {
  const expected =
    error instanceof UsageError || error instanceof AuthorityError || error instanceof UnknownHolderError;
  if (!expected) throw error;
  process.stderr.write(`flowstate: ${error.message}\n`);
  process.exitCode = 1;
}
