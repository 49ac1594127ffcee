import { generateKeyPairSync } from "node:crypto";
import { publicKeyText, signingKeyText } from "../chain/signing.ts";
import { type Command, print } from "./command.ts";

/** `npm run audit -- key`: makes a signing key. It is shown once, here, and kept nowhere. */
export const key: Command = {
  usage: "key",
  accepts: (args) => args.length === 0,
  async run() {
    const text = generateKeyPairSync("ed25519").privateKey.export({ format: "der", type: "pkcs8" }).toString("base64");
    const { id, publicKey } = signingKeyText.parse(text);
    print(`AUDIT_SIGNING_KEY=${text}`, `# its id ${id}, its public key ${publicKeyText(publicKey)}`);
    return true;
  },
};
