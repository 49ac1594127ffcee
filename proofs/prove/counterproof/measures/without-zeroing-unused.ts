import { syncBuiltinESMExports } from "node:module";
import v8 from "node:v8";

/** Loaded before a service by the proof only: V8 keeps pages that were emptied as a whole as they are. */
const { setFlagsFromString } = v8;
v8.setFlagsFromString = (flags) => {
  if (flags !== "--zero-unused-memory") setFlagsFromString(flags);
};
syncBuiltinESMExports();
