export * from "./api-keys.ts";
export * from "./config.ts";
export * from "./http-server.ts";
export * from "./logger.ts";
export * from "./service.ts";
export * from "./telemetry.ts";
