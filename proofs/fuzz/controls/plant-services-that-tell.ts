import { HARDENED_NODE_FLAGS } from "@flowstate/ghost";

/** The same in the processes of the services, which load it before they begin. */
const flags: unknown[] = Object(HARDENED_NODE_FLAGS);
flags.push("--import", new URL("./plant-told-log.ts", import.meta.url).href);
