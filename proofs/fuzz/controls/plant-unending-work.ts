import { AsyncLocalStorage } from "node:async_hooks";
import { type IncomingMessage, Server } from "node:http";
import { Intake } from "../../../services/ingest/intake.ts";

/** More would leave no memory for other mails, which shows by itself. */
const MAX_UNENDING = 3;

/** Some of what was begun for clients that hung up never ends. */
let unending = 0;
const requests = new AsyncLocalStorage<IncomingMessage>();
const emit = Server.prototype.emit;
Server.prototype.emit = function (this: Server, name: string, ...given: readonly unknown[]) {
  const emitted = (): boolean => Reflect.apply(emit, this, [name, ...given]);
  return name === "request" ? requests.run(given[0] as IncomingMessage, emitted) : emitted();
};
const take = Intake.prototype.take;
Intake.prototype.take = function <T>(this: Intake, work: () => Promise<T>): Promise<T> {
  return take.call(this, async () => {
    const worked = await work();
    const request = requests.getStore();
    if (request?.destroyed === true && !request.complete && unending < MAX_UNENDING) {
      unending += 1;
      await new Promise(() => {});
    }
    return worked;
  }) as Promise<T>;
};
