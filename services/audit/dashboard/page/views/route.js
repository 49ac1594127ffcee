import { useEffect, useState } from "../vendor/preact.js";

/**
 * Where the reader is. The address holds the view and a document's id, nothing else: a browser keeps addresses, and a
 * sender that somebody has searched for has no business there.
 *
 * @typedef {{ view: "documents" } | { view: "document", id: string } | { view: "statistics" } | { view: "health" }
 *   | { view: "not-stored" }} Route
 */

/** @type {readonly string[]} */
const PLAIN_VIEWS = ["statistics", "health", "not-stored"];

const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * @param {string} hash
 * @returns {Route}
 */
function routeOf(hash) {
  const [, view = "", id = ""] = hash.replace(/^#/, "").split("/");
  if (view === "documents" && ID.test(id)) return { view: "document", id: id.toLowerCase() };
  if (PLAIN_VIEWS.includes(view)) return /** @type {Route} */ ({ view });
  return { view: "documents" };
}

/** @param {string} text whether it is a document's id */
export function isDocumentId(text) {
  return ID.test(text);
}

/** @param {string} id */
export function documentAddress(id) {
  return `#/documents/${id}`;
}

/** @returns {Route} the present one, followed as it changes */
export function useRoute() {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const follow = () => setHash(location.hash);
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  return routeOf(hash);
}
