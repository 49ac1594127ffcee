import { createClient } from "../api/client.js";
import { html, useState } from "../vendor/preact.js";
import { SignIn } from "./sign-in.js";
import { SignedIn } from "./signed-in.js";

/** @import { Client } from "../api/client.js" */
/** @import { Session } from "../api/types.js" */

/** The whole page: asks for a key, then shows what the key may see. The key is held by the client alone. */
export function App() {
  const [signedIn, setSignedIn] = useState(/** @type {{ client: Client, session: Session } | undefined} */ (undefined));
  const [farewell, setFarewell] = useState(/** @type {"refused" | "left" | undefined} */ (undefined));

  if (signedIn === undefined) {
    /** @param {string} key */
    const signIn = async (key) => {
      const client = createClient(key);
      setSignedIn({ client, session: await client.get("/api/session") });
    };
    return html`<${SignIn} farewell=${farewell} signIn=${signIn} />`;
  }
  /** @param {"refused" | "left"} why */
  const leave = (why) => {
    setFarewell(why);
    setSignedIn(undefined);
  };
  return html`<${SignedIn} ...${signedIn} leave=${leave} />`;
}
