import { countPendingEvents, type EventsConnection } from "@flowstate/messaging";
import { observe } from "@flowstate/runtime";

const LOOK_EVERY_MS = 10_000;

/**
 * Measures how many events wait to be recorded, as the broker counts them: the database has no part in it, because it may be
 * what is away. What the broker does not tell is not measured. Until disposed.
 */
export function measurePendingEvents(connection: EventsConnection, lookEveryMs = LOOK_EVERY_MS): Disposable {
  let pending: number | undefined;
  const look = async () => {
    pending = connection.connected ? await countPendingEvents(connection).catch(() => undefined) : undefined;
  };
  void look();
  const timer = setInterval(look, lookEveryMs);
  const observing = observe("flowstate.events.pending", () =>
    pending === undefined ? [] : [{ value: pending, labels: {} }],
  );
  return {
    [Symbol.dispose]() {
      clearInterval(timer);
      observing[Symbol.dispose]();
    },
  };
}
