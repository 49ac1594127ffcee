import { Semaphore } from "../../../services/extractor/semaphore.ts";

/** Of all turns, one in so many. */
const TURNS = 10;

/** Some turns never come, and whoever waits for one is told that nobody wants it any more. */
let turns = 0;
const take = Semaphore.prototype.take;
Semaphore.prototype.take = async function (signal) {
  turns += 1;
  return turns % TURNS === 0 ? undefined : take.call(this, signal);
};
