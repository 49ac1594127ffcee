import { registerHooks } from "node:module";

/**
 * Loaded before ingest by the control only: the sender is told that all is done while the work begins. The module that
 * takes documents to their ends is replaced by one that does not wait for it.
 */
registerHooks({
  resolve(specifier, context, next) {
    const isWaiting = specifier.endsWith("/process-documents.ts") && !String(context.parentURL).includes("/controls/");
    return isWaiting ? next(new URL("process-early.ts", import.meta.url).href, context) : next(specifier, context);
  },
});
