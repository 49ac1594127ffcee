import dns from "node:dns/promises";
import { syncBuiltinESMExports } from "node:module";

/** Loaded before erp-pusher by the proof only: the ERP's name leads into a private network, to which nothing is sent. */
Object.assign(dns, { lookup: async () => [{ address: "10.255.255.1", family: 4 }] });
syncBuiltinESMExports();
