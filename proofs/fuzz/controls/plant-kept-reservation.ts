import { MemoryBudget } from "@flowstate/ghost";

/** Of all reservations, one in so many. */
const RESERVATIONS = 5;

/** Some reservations are never given back. */
let reserved = 0;
const tryReserve = MemoryBudget.prototype.tryReserve;
MemoryBudget.prototype.tryReserve = function (bytes) {
  const reservation = tryReserve.call(this, bytes);
  reserved += 1;
  return reservation === undefined || reserved % RESERVATIONS !== 0
    ? reservation
    : Object.assign(reservation, { [Symbol.dispose]() {} });
};
