import { ServerResponse } from "node:http";

/** A refusal says how long it is, and is not sent. */
const { end } = ServerResponse.prototype;
Object.assign(ServerResponse.prototype, {
  end(this: ServerResponse, ...given: readonly unknown[]) {
    return Reflect.apply(end, this, this.statusCode === 400 && this.headersSent ? [] : given);
  },
});
