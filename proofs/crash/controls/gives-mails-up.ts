import { ServerResponse } from "node:http";

/** Loaded before services by the control only: whoever is to come again is told that it never will be taken. */
const [TEMPORARY, FINAL] = [503, 400];
const { writeHead } = ServerResponse.prototype;
Object.assign(ServerResponse.prototype, {
  writeHead(this: ServerResponse, status: number, ...given: readonly unknown[]) {
    return Reflect.apply(writeHead, this, [status === TEMPORARY ? FINAL : status, ...given]);
  },
});
