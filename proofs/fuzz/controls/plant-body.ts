import { ServerResponse } from "node:http";

/** What is refused is said in another word, whether the answer is written in one piece or not. */
for (const method of ["write", "end"] as const) {
  const original = ServerResponse.prototype[method];
  Object.assign(ServerResponse.prototype, {
    [method](this: ServerResponse, body: unknown, ...rest: readonly unknown[]) {
      const told = this.statusCode === 400 && typeof body === "string" ? body.replace("error", "fault") : body;
      return Reflect.apply(original, this, [told, ...rest]);
    },
  });
}
